import type { Interceptor } from "@connectrpc/connect";
import * as fc from "fast-check";
import type { CommitTasksRequest, CommitTasksResponse } from "perdure/proto/perdure/v1/worker_service_pb";
import { describe, expect, it } from "vitest";
import type { JournalEntry, JournalRecord } from "perdure/proto/perdure/v1/journal_pb";
import { decodeValue } from "../../../sdk/typescript/src/values/decode.ts";
import type { Operation } from "../../../sdk/typescript/src/worker/operation.ts";
import { Run } from "../../../sdk/typescript/src/worker/run.ts";
import { keyText, type StepKey } from "../../../sdk/typescript/src/worker/step-key.ts";
import { RunStep } from "../../../sdk/typescript/src/worker/run-step.ts";
import { NO_REHEARSAL } from "../../../sdk/typescript/src/worker/rehearsal.ts";
import { EVENT_TYPES, execute, type Program, programs, waitsIn } from "./support/program.ts";
import { type Script, workflow, World } from "./support/world.ts";

const RUNS = { numRuns: 150, timeout: 10_000, endOnFailure: true };

/** A workflow that executes a program, and what its code has seen. */
function tracing(program: Program, calls: string[] = []): { readonly script: Script; readonly trace: string[] } {
  const trace: string[] = [];
  const script: Script = (_event, step) => execute(program, step, trace, (label) => calls.push(label));
  return { script, trace };
}

async function runLive(world: World, program: Program, id: string): Promise<readonly JournalRecord[]> {
  await world.create(id);
  for (let n = 0; n < waitsIn(program); n += 1) {
    for (const type of EVENT_TYPES) await world.engine.sendEvent(id, type, n);
  }
  await world.end(id);
  return world.engine.journal(id);
}

/** Replays a journal without calling any callback. */
async function replay(program: Program, records: readonly JournalRecord[]) {
  const { script, trace } = tracing(program);
  const run = new Run({
    definition: { name: "w", Workflow: workflow(script), env: {}, rehearsal: NO_REHEARSAL, awaitsOutside: false },
    identity: { namespace: "default", workflow: "w", id: "i", run: 1, createdAtMs: 0, schedule: null },
    params: undefined,
    stepOf: (of) => new RunStep(of, 10_000),
  });
  run.replay(records);
  await run.advance();
  return { trace, operations: run.gather.take() };
}

/** The records without ends of sleeps and waits that run had not seen yet: where it sees them is not settled. */
function withoutUndelivered(records: readonly JournalRecord[]): readonly JournalRecord[] {
  const entries = records.flatMap((record) => record.entries);
  const delivered = new Set(entries.filter(({ entry }) => entry.case === "outcomeDelivered").map(keyOf));
  const ends = new Set<string | undefined>(["sleepCompleted", "waitCompleted", "waitTimedOut"]);
  const isSettled = (one: JournalEntry): boolean => !ends.has(one.entry.case) || delivered.has(keyOf(one));
  return records.map((record) => ({ ...record, entries: record.entries.filter(isSettled) }));
}

function keyOf({ entry }: JournalEntry): string {
  const { key } = entry.value as { key?: StepKey };
  return key === undefined ? "" : keyText(key);
}

function endOf(operations: readonly Operation[]): unknown {
  const [end] = operations;
  if (end?.kind === "completeInstance") return { output: decodeValue(end.output) };
  return end?.kind === "failInstance" ? { error: end.failure.message } : operations;
}

describe("a replay", () => {
  it("of any prefix of a journal sees what the live run saw, in the same order, and of the whole ends the same", async () => {
    const world = new World();
    let programNow: Program = { kind: "sequence", parts: [] };
    const traces: string[][] = [];
    await world.serve((event, step) => {
      const { script, trace } = tracing(programNow);
      traces.push(trace);
      return script.call({ env: {} }, event, step);
    });
    let count = 0;

    await fc.assert(
      fc.asyncProperty(programs, async (program) => {
        programNow = program;
        traces.length = 0;
        count += 1;
        const records = await runLive(world, program, `p${count}`);
        expect(traces).toHaveLength(1);
        const live = traces[0]!;

        for (let end = 1; end < records.length; end += 1) {
          const { trace } = await replay(program, withoutUndelivered(records.slice(0, end)));
          expect(trace).toEqual(live.slice(0, trace.length));
        }
        const whole = await replay(program, records);
        expect(whole.trace).toEqual(live.slice(0, whole.trace.length));
        expect(endOf(whole.operations)).toEqual(endInJournal(records));
      }),
      RUNS,
    );
  }, 60_000);

  it("of a run that was dropped whenever it parked sees again what every pass before it saw", async () => {
    const world = new World();
    let programNow: Program = { kind: "sequence", parts: [] };
    const traces: string[][] = [];
    const script: Script = (event, step) => {
      const pass = tracing(programNow);
      traces.push(pass.trace);
      return pass.script.call({ env: {} }, event, step);
    };
    await world.serve(script, { cacheSize: 0 });
    let count = 0;

    await fc.assert(
      fc.asyncProperty(programs, async (program) => {
        programNow = program;
        traces.length = 0;
        count += 1;
        await runLive(world, program, `p${count}`);
        for (const [pass, trace] of traces.entries()) {
          const next = traces[pass + 1] ?? trace;
          expect(next.slice(0, trace.length)).toEqual(trace);
        }
      }),
      RUNS,
    );
  }, 60_000);
});

describe("a worker that is lost at any commit", () => {
  it("never makes a callback run again whose result was acknowledged, and the journal replays to the same end", async () => {
    await fc.assert(
      fc.asyncProperty(programs, fc.nat(6), fc.boolean(), async (program, commits, delivered) => {
        const world = new World();
        const acknowledged = new Set<string>();
        const again: string[] = [];
        const script: Script = (_event, step) =>
          execute(program, step, [], (label) => acknowledged.has(label.split("#")[0]!) && again.push(label));
        const interceptors = [noteAcknowledged(acknowledged)];
        const first = await world.serve(script, { interceptors, doom: { commits, delivered } });
        const live = runLive(world, program, "p");
        await Promise.race([first.whenCut, live]);
        world.expireLeases();
        await world.serve(script, { interceptors });
        const records = await live;
        await world.close();

        expect(again).toEqual([]);
        expect(endOf((await replay(program, records)).operations)).toEqual(endInJournal(records));
      }),
      { ...RUNS, numRuns: 40 },
    );
  }, 60_000);
});

/** Notes the steps whose results the engine has acknowledged to a worker. */
function noteAcknowledged(acknowledged: Set<string>): Interceptor {
  return (next) => async (request) => {
    const response = await next(request);
    if (request.method.name !== "CommitTasks" || request.stream) return response;
    const { commits } = request.message as CommitTasksRequest;
    const { results } = response.message as CommitTasksResponse;
    const accepted = commits.filter((_, index) => results[index]?.outcome.case === "accepted");
    for (const { operation } of accepted.flatMap(({ operations }) => operations)) {
      const key = operation.case === "completeStep" ? operation.value.key : undefined;
      if (key !== undefined) acknowledged.add(`${key.name}-${key.count}`);
    }
    return response;
  };
}

function endInJournal(records: readonly JournalRecord[]): unknown {
  const end = records.at(-1)?.entries.at(-1)?.entry;
  if (end?.case === "instanceFailed") return { error: end.value.failure?.message };
  return end?.case === "instanceCompleted" ? { output: decodeValue(end.value.output!) } : end;
}
