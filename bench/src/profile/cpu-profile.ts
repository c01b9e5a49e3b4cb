/** What V8's profiler writes, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** The node that ran, sample by sample. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** Time of a function, in milliseconds. */
export interface Cost {
  /** Its name, and where it is written. */
  readonly what: string;
  readonly selfMs: number;
  /** With all that it called. */
  readonly totalMs: number;
}

/** The profiler's names for time in which nothing ran. */
const IDLE = new Set(["(idle)", "(root)"]);

/** What runs below this is a process's start: it says nothing of the work. */
const START = new Set(["asyncRunEntryPointWithESMLoader", "compileForInternalLoader"]);

/** Functions by the time they took themselves, the most first; waiting is not counted, nor is the loading of modules. */
export function costsOf({ nodes, samples, timeDeltas }: CpuProfile): readonly Cost[] {
  const selfUs = new Map<number, number>();
  for (const [i, id] of samples.entries()) selfUs.set(id, (selfUs.get(id) ?? 0) + timeDeltas[i]!);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const costs = new Map<string, { what: string; selfMs: number; totalMs: number }>();

  // A function that calls itself is counted in total once: where it is outermost.
  const visit = (node: ProfileNode, above: ReadonlySet<string>): number => {
    if (START.has(node.callFrame.functionName)) return 0;
    const what = describe(node);
    const inside = new Set(above).add(what);
    const selfMs = (selfUs.get(node.id) ?? 0) / 1_000;
    const totalMs = (node.children ?? []).reduce((sum, child) => sum + visit(byId.get(child)!, inside), selfMs);
    const cost = costs.get(what) ?? { what, selfMs: 0, totalMs: 0 };
    cost.selfMs += selfMs;
    if (!above.has(what)) cost.totalMs += totalMs;
    costs.set(what, cost);
    return totalMs;
  };
  const root = nodes[0];
  if (root !== undefined) visit(root, new Set());
  return [...costs.values()].filter(({ what }) => !IDLE.has(what)).toSorted((a, b) => b.selfMs - a.selfMs);
}

function describe({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const name = functionName === "" ? "(anonymous)" : functionName;
  return url === "" ? name : `${name} ${shortened(url)}:${lineNumber + 1}`;
}

/** From the package or the folder of the repository on. */
function shortened(url: string): string {
  const packaged = url.split("/node_modules/").at(-1)!;
  return packaged.replace(/^file:\/\/.*\/(?=(?:bench|services|sdk)\/)/u, "");
}
