import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { onTestFinished } from "vitest";
import { serve, type Worker, type WorkerOptions } from "../../../../sdk/typescript/src/worker.ts";
import type { WorkflowClass, WorkflowEvent } from "../../../../sdk/typescript/src/workflow.ts";
import { WorkflowEntrypoint } from "../../../../sdk/typescript/src/workflow.ts";
import type { WorkflowStep } from "../../../../sdk/typescript/src/workflow-step.ts";
import { type EngineOptions, entryText, MemoryEngine, SILENT, statusOf } from "./memory-engine.ts";

export type Script = (this: { readonly env: unknown }, event: WorkflowEvent, step: WorkflowStep) => Promise<unknown>;

/** A workflow class whose `run` is this function. */
export function workflow(script: Script): WorkflowClass {
  return class Scripted extends WorkflowEntrypoint {
    override run(event: WorkflowEvent, step: WorkflowStep): Promise<unknown> {
      return script.call({ env: this.env as unknown }, event, step);
    }
  };
}

/** When a worker's connection is cut by itself. */
export interface Doom {
  /** Commits that go through before. */
  readonly commits: number;
  /** Whether the commit after them still reaches the engine, and only its answer is lost. */
  readonly delivered: boolean;
}

export interface AWorker extends Worker {
  /** Cuts the worker off: from now on none of its calls reaches the engine. */
  cut(): void;
  /** Resolves when it was cut off. */
  readonly whenCut: Promise<void>;
}

export interface ServeOptions extends Partial<WorkerOptions> {
  readonly doom?: Doom;
  readonly interceptors?: readonly Interceptor[];
}

/** An engine, workers that come and go, and instances of one workflow. */
export class World {
  readonly engine: MemoryEngine;
  readonly #workers: Worker[] = [];

  constructor(options?: EngineOptions) {
    this.engine = new MemoryEngine(options);
    onTestFinished(() => this.close());
  }

  /** A worker for the workflow "w", ready. */
  async serve(script: Script | WorkflowClass, options: ServeOptions = {}): Promise<AWorker> {
    const { doom, interceptors = [], ...others } = options;
    const isClass = "prototype" in script && script.prototype instanceof WorkflowEntrypoint;
    const Workflow = isClass ? (script as WorkflowClass) : workflow(script as Script);
    const cut = new AbortController();
    const whenCut = new Promise<void>((resolve) => cut.signal.addEventListener("abort", () => resolve()));
    const line = cutLine(cut, doom ?? { commits: Infinity, delivered: true });
    const engine = this.engine.transport(...interceptors, line);
    const worker = serve({ engine, workflows: { w: Workflow }, log: SILENT, graceMs: 0, ...others });
    this.#workers.push(worker);
    await worker.ready;
    return { ...worker, cut: () => cut.abort(), whenCut };
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.stop()));
    await this.engine.close();
  }

  create(id = "i", params?: unknown): Promise<void> {
    return this.engine.create(id, params);
  }

  end(id = "i") {
    return this.engine.end(id);
  }

  /** Creates an instance and waits for its end. */
  async run(params?: unknown, id = "i") {
    await this.create(id, params);
    return this.end(id);
  }

  /** What each commit was, leases left out. */
  async commits(id = "i"): Promise<readonly (readonly string[])[]> {
    const records = (await this.engine.journal(id)).map(({ entries }) => entries.map(entryText));
    const told = records.map((entries) => entries.filter((entry) => !entry.startsWith("lease")));
    return told.filter((entries) => entries.length > 0);
  }

  /** Waits until an entry, "stepStarted a-1" say, is in the journal. */
  until(entry: string, id = "i"): Promise<void> {
    return this.engine.until(id, entry);
  }

  /** When entries were committed, in ms since 1970. */
  async times(...entries: readonly string[]): Promise<readonly number[]> {
    const records = await this.engine.journal("i");
    const of = (entry: string) => records.find((record) => record.entries.some((one) => entryText(one) === entry));
    return entries.map((entry) => timestampMs(of(entry)!.commitTime!));
  }

  async status(id = "i"): Promise<string> {
    return statusOf(await this.engine.get(id));
  }

  /** Lets the leases of a worker that was cut off run out. */
  expireLeases(): void {
    this.engine.clock.pass(this.engine.leaseMs + 1_000);
  }
}

function cutLine(cut: AbortController, { commits, delivered }: Doom): Interceptor {
  let left = commits;
  return (next) => async (request) => {
    if (request.method.name === "CommitTasks" && left-- <= 0) {
      if (delivered && !cut.signal.aborted) await next(request);
      cut.abort();
    }
    if (cut.signal.aborted) throw new ConnectError("cut off", Code.Unavailable);
    return next({ ...request, signal: AbortSignal.any([request.signal, cut.signal]) });
  };
}
