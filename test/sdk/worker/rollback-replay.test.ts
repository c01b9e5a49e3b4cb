import { create } from "@bufbuild/protobuf";
import { JournalRecordSchema } from "perdure/proto/perdure/v1/journal_pb";
import { StepKind } from "perdure/proto/perdure/v1/step_pb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NO_REHEARSAL } from "../../../sdk/typescript/src/worker/rehearsal.ts";
import { Run } from "../../../sdk/typescript/src/worker/run.ts";
import { RunStep } from "../../../sdk/typescript/src/worker/run-step.ts";
import type { WorkflowStepRollbackOptions } from "../../../sdk/typescript/src/workflow-step.ts";
import { type Script, workflow, World } from "./support/world.ts";

const TERMINATED = { name: "Terminated", message: "Instance terminated during rollback" };
const ONCE = { retries: { limit: 0, delay: 1 } } as const;

/** Notes what is undone, and with which output. */
function undoing(undone: unknown[][]): WorkflowStepRollbackOptions {
  return { rollback: ({ ctx, output, error }) => void undone.push([ctx.step.name, ctx.attempt, output, error.name]) };
}

describe("a termination with rollback", () => {
  it("undoes the steps of a sleeping instance: run is replayed only to learn how", async () => {
    const world = new World();
    const undone: unknown[][] = [];
    const calls: string[] = [];
    await world.serve(async (_event, step) => {
      await step.do("first", async () => calls.push("first"), undoing(undone));
      await step.do("failed", ONCE, () => Promise.reject(new Error("no")), undoing(undone)).catch(() => {});
      await step.sleep("nap", "1 day");
      await step.do("never", async () => calls.push("never"), undoing(undone));
    });
    await world.create();
    await world.until("parked");
    await world.engine.terminateWithRollback("i");

    expect(await world.end()).toEqual({ status: "terminated" });
    expect(undone).toEqual([
      ["failed", 1, undefined, "Terminated"],
      ["first", 1, 1, "Terminated"],
    ]);
    expect(calls).toEqual(["first"]);
    expect((await world.commits()).slice(-4)).toEqual([
      ["rollbackStarted"],
      ["undo stepStarted failed-1"],
      ["undo stepCompleted failed-1", "undo stepStarted first-1"],
      ["undo stepCompleted first-1", "rollbackCompleted", "instanceTerminated"],
    ]);
  });

  it("cuts off a callback in flight, and works while paused", async () => {
    const world = new World();
    const undone: unknown[][] = [];
    const reached = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    await world.serve(async (event, step) => {
      await step.do("first", async () => 1, undoing(undone));
      if (event.payload === "flight") {
        await step.do(
          "long",
          ({ signal }) =>
            new Promise(() => {
              signal.addEventListener("abort", () => aborted.resolve());
              reached.resolve();
            }),
          undoing(undone),
        );
      }
      await step.sleep("nap", "1 day");
    });
    await world.create("flight", "flight");
    await reached.promise;
    await world.engine.terminateWithRollback("flight");
    await aborted.promise;
    expect(await world.end("flight")).toEqual({ status: "terminated" });
    await world.create("paused");
    await world.until("parked", "paused");
    await world.engine.command("paused", "pause");
    await world.engine.terminateWithRollback("paused");

    expect(await world.end("paused")).toEqual({ status: "terminated" });
    expect(undone.map(([name]) => name)).toEqual(["long", "first", "first"]);
  });

  it("ends an instance at once that has nothing to undo", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      await step.do("first", async () => 1);
      await step.sleep("nap", "1 day");
    });
    await world.create();
    await world.until("parked");
    await world.engine.terminateWithRollback("i");

    expect((await world.commits()).at(-1)).toEqual(["instanceTerminated"]);
  });
});

describe("a rollback whose worker is lost", () => {
  /** Undoes three steps after a failure; what fails once was tried by a worker that is no more. */
  function saga(undone: string[]): Script {
    return async (_event, step) => {
      const undo = (name: string) => ({
        rollback: () => void undone.push(name),
        rollbackConfig: { retries: { limit: 3, delay: 1 } },
      });
      await step.do("a", async () => 1, undo("a"));
      await Promise.all([step.do("b", async () => 2, undo("b")), step.do("c", async () => 3, undo("c"))]);
      throw new TypeError("no");
    };
  }

  it.each([true, false])(
    "goes on with the step that was not undone yet, whichever commit was the last, delivered: %s",
    async (delivered) => {
      let wasCut = true;
      for (let commits = 0; wasCut; commits += 1) {
        const world = new World();
        const undone: string[] = [];
        await world.create();
        const first = await world.serve(saga(undone), { doom: { commits, delivered } });
        const end = world.end();
        wasCut = await Promise.race([first.whenCut.then(() => true), end.then(() => false)]);
        if (wasCut) {
          world.expireLeases();
          await world.serve(saga(undone));
        }

        expect(await end).toEqual({ status: "errored", error: { name: "TypeError", message: "no" } });
        expect([...new Set(undone)]).toEqual(["c", "b", "a"]);
        // No handler is called before its start is in the journal, and none again whose end is.
        const entries = (await world.commits()).flat();
        for (const name of ["a", "b", "c"]) {
          const starts = entries.filter((entry) => entry.startsWith(`undo stepStarted ${name}-1`)).length;
          expect(undone.filter((each) => each === name).length).toBeLessThanOrEqual(starts);
          expect(entries.filter((entry) => entry.startsWith(`undo stepCompleted ${name}-1`))).toHaveLength(1);
        }
        await world.close();
      }
    },
  );

  it("fails with RollbackMissing where the code no longer says how", async () => {
    const world = new World();
    const undone: unknown[][] = [];
    const first = await world.serve(async (_event, step) => {
      await step.do("kept", async () => 1, undoing(undone));
      await step.do("gone", async () => 2, undoing(undone));
      await step.sleep("nap", "1 day");
    });
    await world.create();
    await world.until("parked");
    await first.stop();
    await world.serve(async (_event, step) => {
      await step.do("kept", async () => 1, undoing(undone));
      await step.sleep("nap", "1 day");
    });
    await world.engine.terminateWithRollback("i");

    expect(await world.end()).toEqual({ status: "terminated" });
    expect(undone).toEqual([]);
    expect((await world.commits()).slice(-2)).toEqual([
      ["undo stepStarted gone-1"],
      ["undo stepFailed gone-1", "rollbackFailed", "instanceTerminated"],
    ]);
    expect((await world.engine.get("i")).rollback?.failure).toMatchObject({
      name: "RollbackMissing",
      message: "Rollback function not available in registry",
    });
  });
});

/** A pass over a journal in which "a" was started, and the instance was terminated then. */
function aPass(script: Script): Run {
  const identity = { namespace: "default", workflow: "w", id: "i", run: 1, createdAtMs: 1, schedule: null };
  const definition = { name: "w", Workflow: workflow(script), env: {}, rehearsal: NO_REHEARSAL, awaitsOutside: false };
  const run = new Run({ definition, identity, params: undefined, stepOf: (asking) => new RunStep(asking, 10_000) });
  const key = (kind: StepKind) => ({ kind, name: "a", count: 1 });
  const started = { key: key(StepKind.DO), attempt: 1, config: { rollback: true } };
  run.replay([
    create(JournalRecordSchema, {
      position: 1,
      entries: [
        { entry: { case: "stepStarted", value: started } },
        { entry: { case: "rollbackStarted", value: { failure: TERMINATED, steps: [key(StepKind.ROLLBACK)] } } },
      ],
    }),
  ]);
  return run;
}

describe("a pass that only learns how steps are undone", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  /** What is to be reported: the start of the undoing. */
  const UNDO = [{ kind: "startStep", key: { kind: StepKind.ROLLBACK, name: "a", count: 1 }, attempt: 1 }];

  it("stops as soon as it knows, and calls nothing", async () => {
    const calls: string[] = [];
    const run = aPass(async (_event, step) => {
      await step.do("a", async () => calls.push("a"), undoing([]));
      calls.push("beyond");
    });
    await run.advance();

    expect(run.gather.take()).toMatchObject(UNDO);
    expect(calls).toEqual([]);
  });

  it("is given undefined for what the journal does not have, so that changed code gets to its steps", async () => {
    const seen: unknown[] = [];
    const run = aPass(async (_event, step) => {
      seen.push(await step.do("new", async () => 1));
      seen.push(await step.sleep("new", "1 day"));
      seen.push(await step.sleepUntil("past", 1));
      seen.push(await step.waitForEvent("new", { type: "go" }));
      await step.do("a", async () => 2, undoing([]));
    });
    await run.advance();

    expect(seen).toEqual([undefined, undefined, undefined, undefined]);
    expect(run.gather.take()).toMatchObject(UNDO);
  });

  it.each<[string, Script]>([
    ["returns", async () => {}],
    ["throws", () => Promise.reject(new Error("no"))],
    [
      "asks for other steps for ever",
      async (_event, step) => {
        for (;;) await step.do("other", async () => {});
      },
    ],
  ])("gives up on a run that %s", async (_what, script) => {
    const run = aPass(script);
    await run.advance();

    expect(run.gather.take()).toMatchObject(UNDO);
  });

  it("gives up on a run that hangs after ten seconds, which hold nothing up", async () => {
    const run = aPass(() => new Promise(() => {}));
    await run.advance();
    vi.advanceTimersByTime(9_999);
    expect([run.gather.size, run.isParkable, run.isOver]).toEqual([0, false, false]);
    vi.advanceTimersByTime(1);

    expect(run.gather.take()).toMatchObject(UNDO);
  });

  it("waits for a run that awaits something outside of steps", async () => {
    const outside = Promise.withResolvers<void>();
    const run = aPass(async (_event, step) => {
      await outside.promise;
      await step.do("a", async () => 1, undoing([]));
    });
    const changed = new Promise<void>((resolve) => (run.onChange = resolve));
    await run.advance();
    expect(run.gather.size).toBe(0);
    outside.resolve();
    await changed;
    await run.advance();

    expect(run.gather.take()).toMatchObject(UNDO);
  });
});
