// Runs miniflare and Perdure side by side: all scenarios and random programs, or with `--seed` or `--programs` these alone.
import { parseArgs } from "node:util";
import { SCENARIOS } from "../scenarios/index.ts";
import { wrongsOf } from "./comparison.ts";
import { programMismatches } from "./generated/compare.ts";
import { programOf } from "./generated/generate.ts";
import type { Program } from "./generated/program.ts";
import { smallerThan } from "./generated/shrink.ts";
import { programsInMiniflare } from "./miniflare/programs.ts";
import { scenariosInMiniflare } from "./miniflare/scenarios.ts";
import { runInPerdure } from "./perdure/peer.ts";
import { programsInPerdureProcess } from "./perdure/programs-process.ts";

const SEED = 20_261_117;
const PROGRAMS = 1_000;
/** A program that fails is made smaller this often, at most; each time takes some seconds. */
const SHRINKS_MAX = 8;
/** Failing programs that are made smaller and shown in full. */
const SHOWN_MAX = 5;

const { values: options } = parseArgs({ options: { seed: { type: "string" }, programs: { type: "string" } } });
const seed = wholeNumber("--seed", options.seed ?? String(SEED));
const count = wholeNumber("--programs", options.programs ?? String(PROGRAMS));

const chosen = options.seed !== undefined || options.programs !== undefined;
const failures = (chosen ? 0 : await compareScenarios()) + (await comparePrograms());
process.exit(failures === 0 ? 0 : 1);

async function compareScenarios(): Promise<number> {
  const groups = Map.groupBy(SCENARIOS, ({ stepLimit }) => stepLimit);
  const [observed, ...groupsSeen] = await Promise.all([
    scenariosInMiniflare(SCENARIOS),
    ...[...groups.values()].map((group) => runInPerdure(group)),
  ]);
  const seen = Object.assign({}, ...groupsSeen) as Awaited<ReturnType<typeof runInPerdure>>;
  const wrong = SCENARIOS.flatMap((scenario) => {
    const expected = observed.get(scenario)!;
    return "failed" in expected
      ? [`${scenario.name}: miniflare: ${expected.failed}`]
      : wrongsOf(scenario, expected, seen[scenario.name]!);
  });
  for (const line of wrong) console.error(`✗ ${line}`);
  const differing = SCENARIOS.filter(({ differences = [] }) => differences.length > 0).length;
  console.log(`${SCENARIOS.length} scenarios, ${differing} with listed differences: ${wrong.length} other differences`);
  return wrong.length;
}

async function comparePrograms(): Promise<number> {
  console.log(`${count} programs from seed ${seed}`);
  const started = performance.now();
  const programs = Array.from({ length: count }, (_, index) => programOf(seed + index));
  const wrong = [...(await differences(programs))];
  for (const [program, lines] of wrong.slice(0, SHOWN_MAX)) await show(program, lines);
  for (const [program] of wrong.slice(SHOWN_MAX)) console.error(`✗ seed ${program.seed}`);
  const seconds = Math.round((performance.now() - started) / 1_000);
  console.log(`${count} programs compared in ${seconds} s: ${wrong.length} differ`);
  return wrong.length;
}

async function show(program: Program, lines: readonly string[]): Promise<void> {
  console.error(`\n✗ seed ${program.seed} (again: --seed ${program.seed} --programs 1)`);
  console.error([JSON.stringify(program), ...lines].map((line) => `  ${line}`).join("\n"));
  const smallest = await shrunk(program, lines);
  if (smallest === undefined) return;
  console.error("  the same in a smaller one:");
  console.error([JSON.stringify(smallest[0]), ...smallest[1]].map((line) => `  ${line}`).join("\n"));
}

/** A smaller program that still differs, once more and again. None for one that was not driven to its end. */
async function shrunk(program: Program, lines: readonly string[]) {
  let smallest: readonly [Program, readonly string[]] = [program, lines];
  for (let round = 0; round < SHRINKS_MAX; round += 1) {
    const smaller = [...(await differences(smallerThan(smallest[0])))].filter(([, found]) => found.every(isComparison));
    const next = smaller.toSorted(([a], [b]) => JSON.stringify(a).length - JSON.stringify(b).length)[0];
    if (next === undefined) break;
    smallest = next;
  }
  return smallest[0] === program ? undefined : smallest;
}

/** Rather than that an engine was stuck, as a smaller program can make both. */
function isComparison(line: string): boolean {
  return !/^(?:miniflare|Perdure): /.test(line);
}

async function differences(programs: readonly Program[]): Promise<ReadonlyMap<Program, readonly string[]>> {
  const [observed, seen] = await Promise.all([programsInMiniflare(programs), programsInPerdureProcess(programs)]);
  const found = programs.map(
    (program, index) => [program, programMismatches(observed.get(program)!, seen[index]!)] as const,
  );
  return new Map(found.filter(([, lines]) => lines.length > 0));
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new TypeError(`${name} is a whole number of at most nine digits, not "${text}"`);
}
