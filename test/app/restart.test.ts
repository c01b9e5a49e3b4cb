import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LeaseRef, Task } from "../../services/engine/src/app/worker-api.ts";
import type { JournalRecord } from "../../services/engine/src/domain/entry.ts";
import type { Operation } from "../../services/engine/src/domain/operation.ts";
import { EMPTY_OBJECT } from "../../services/engine/src/domain/payload.ts";
import type { StepKey } from "../../services/engine/src/domain/step.ts";
import { SharedMemoryStore } from "../support/shared-memory-store.ts";
import { AnApp, completes, ENDS, json, starts, step, WORKFLOW } from "../support/an-app.ts";
import { ManualClock, settled } from "../support/manual-clock.ts";

const ONE = { ...WORKFLOW, id: "one" };
const SLEEP: StepKey = { kind: "sleep", name: "nap", count: 1 };
const WAIT: StepKey = { kind: "wait", name: "news", count: 1 };
const FAILURE = { name: "Error", message: "no", stack: null, details: null };

let engine: AnApp;
beforeEach(() => {
  engine = new AnApp();
});
afterEach(() => engine.close());

async function taken(session = "session-a"): Promise<Task> {
  // The first poll may bring the notice that a lease was lost.
  const polled = [await engine.take(session), await engine.take(session)];
  const [task] = polled.flatMap(({ tasks }) => tasks);
  if (task === undefined) throw new Error("no task");
  return task;
}

/** Creates an instance that reports these, commit by commit. */
async function reported(...commits: readonly (readonly Operation[])[]): Promise<LeaseRef> {
  await engine.create("one");
  const { lease } = await taken();
  for (const [index, operations] of commits.entries()) {
    expect(await engine.report("session-a", lease, index + 1, operations)).toMatchObject({ position: index + 2 });
  }
  return lease;
}

const waits = (timeoutMs = 60_000): Operation => ({
  kind: "startWait",
  key: WAIT,
  eventType: "go",
  otherEventTypes: [],
  timeoutMs,
});

async function journal(run: number): Promise<readonly JournalRecord[]> {
  return (await engine.app.callers.journal(ONE, 0, 1_000, run)).records;
}

async function kinds(run: number): Promise<readonly string[]> {
  const entries = (await journal(run)).flatMap((record) => record.entries);
  return entries.map((entry) =>
    "key" in entry && entry.kind !== "restartedFrom" ? `${entry.kind} ${entry.key.name}` : entry.kind,
  );
}

describe("a restart from a step", () => {
  it("keeps what started before it, and begins the next run there", async () => {
    await reported(
      [starts("a", true), completes("a"), starts("b")],
      [completes("b"), starts("c")],
      [completes("c"), ENDS],
    );
    await engine.clock.advance(5_000);

    const view = await engine.app.callers.restartFrom(ONE, step("b"));

    expect(view).toMatchObject({ index: { run: 2, status: "queued", endedAt: null }, output: null });
    expect(await kinds(2)).toEqual(["stepStarted a", "stepCompleted a", "restartedFrom"]);
    const [first] = await journal(1).then((records) => records.slice(1));
    const [kept, last] = await journal(2);
    expect(kept).toMatchObject({ position: 1, committedAt: first?.committedAt, report: null });
    expect(last?.entries).toEqual([{ kind: "restartedFrom", run: 1, key: step("b") }]);
    const task = await taken();
    expect(task).toMatchObject({ lease: { run: 2, epoch: 1 }, afterPosition: 0, position: 3, params: EMPTY_OBJECT });
    await engine.report("session-a", task.lease, 1, [starts("b", true), completes("b", "again"), ENDS]);
    expect(await engine.app.callers.get(ONE)).toMatchObject({ index: { run: 2, status: "complete" } });
  });

  it("drops steps that started at the same time or later, but keeps what came later of earlier ones", async () => {
    await reported([starts("a", true), starts("b", true), starts("c", true)], [completes("c"), completes("a")]);

    await engine.app.callers.restartFrom(ONE, step("b"));

    expect(await kinds(2)).toEqual(["stepStarted a", "stepCompleted a", "restartedFrom"]);
  });

  it("takes the lease of a running instance away, and makes a step in flight due again with the same attempt", async () => {
    const lease = await reported([starts("a", true), starts("b", true)]);
    const polled = engine.poll("session-a", { slots: 0 });
    await settled();

    await engine.app.callers.restartFrom(ONE, step("b"));

    expect((await polled).notices).toEqual([{ lease, leaseLost: true }]);
    expect(await engine.report("session-a", lease, 2, [completes("b")])).toMatchObject({ reason: "LEASE_LOST" });
    expect(await kinds(2)).toEqual(["stepStarted a", "retryDue a", "restartedFrom"]);
    const task = await taken();
    expect(await engine.report("session-a", task.lease, 1, [starts("a", true), completes("a")])).toMatchObject({
      leaseState: "held",
    });
  });

  it("leaves a delay before a retry, a sleep and a wait as they were", async () => {
    const failing: Operation = {
      kind: "failStep",
      key: step("a"),
      attempt: 1,
      failure: FAILURE,
      final: false,
      retryDelayMs: 50_000,
    };
    const sleep: Operation = { kind: "startSleep", key: SLEEP, end: { afterMs: 70_000 } };
    await reported([starts("a", true), failing, sleep, waits(90_000), starts("b", true)]);
    await engine.clock.advance(20_000);

    await engine.app.callers.restartFrom(ONE, step("b"));

    const task = await taken();
    expect(task.nextDueInMs).toBe(30_000);
    await engine.report("session-a", task.lease, 1, [], { park: true });
    const later = engine.poll("session-b", { holdMs: 20_000 });
    await engine.clock.advance(20_000);
    expect((await later).tasks).toEqual([]);
    const due = engine.poll("session-c", { holdMs: 20_000 });
    await engine.clock.advance(10_000);
    expect((await due).tasks).toMatchObject([{ nextDueInMs: 20_000 }]);
  });

  it("keeps an event that a kept wait was given, and drops all others", async () => {
    const lease = await reported([waits(), starts("a", true)]);
    const send = (type: string) => engine.app.callers.sendEvent(ONE, { type, payload: json(type), requestId: type });
    await send("other");
    await send("go");
    await send("late");
    await engine.report("session-a", lease, 2, [{ kind: "deliverOutcome", key: WAIT }, completes("a"), starts("b")]);

    await engine.app.callers.restartFrom(ONE, step("b"));

    expect(await kinds(2)).toEqual([
      "waitStarted news",
      "stepStarted a",
      "eventAccepted",
      "waitCompleted news",
      "outcomeDelivered news",
      "stepCompleted a",
      "restartedFrom",
    ]);
    expect((await journal(2))[1]?.entries).toMatchObject([{ event: 2, type: "go", requestId: "go" }, {}]);
    await engine.app.callers.restartFrom(ONE, WAIT);
    expect(await kinds(3)).toEqual(["restartedFrom"]);
  });

  it("keeps the time that clocks stood still, up to now when they still do", async () => {
    const sleep: Operation = { kind: "startSleep", key: SLEEP, end: { afterMs: 60_000 } };
    const lease = await reported([sleep, starts("a", true), completes("a"), starts("b")]);
    await engine.app.callers.command(ONE, "pause");
    await engine.app.callers.command(ONE, "resume");
    await engine.report("session-a", lease, 2, [completes("b"), starts("c")]);
    await engine.app.callers.command(ONE, "pause");
    await engine.report("session-a", lease, 3, [completes("c")]);
    await engine.clock.advance(10_000);

    await engine.app.callers.restartFrom(ONE, step("b"));

    expect(await kinds(2)).toEqual([
      "sleepStarted nap",
      "stepStarted a",
      "stepCompleted a",
      "paused",
      "resumed",
      "restartedFrom",
    ]);
    expect(await taken()).toMatchObject({ nextDueInMs: 60_000 });
  });

  it("works on a run that was restarted so before, and on one that was restarted as a whole", async () => {
    await reported(
      [starts("a", true), completes("a"), starts("b")],
      [completes("b"), starts("c")],
      [completes("c"), ENDS],
    );
    await engine.app.callers.restartFrom(ONE, step("c"));
    await engine.app.callers.restartFrom(ONE, step("b"));
    expect(await kinds(3)).toEqual(["stepStarted a", "stepCompleted a", "restartedFrom"]);
    await engine.app.callers.command(ONE, "restart");
    await expect(engine.app.callers.restartFrom(ONE, step("a"))).rejects.toMatchObject({ reason: "STEP_NOT_FOUND" });
    const { lease } = await taken();
    await engine.report("session-a", lease, 1, [starts("a", true), completes("a"), starts("z")]);
    await engine.app.callers.restartFrom(ONE, step("z"));
    expect(await kinds(5)).toEqual(["stepStarted a", "stepCompleted a", "restartedFrom"]);
  });

  it.each<[string, StepKey]>([
    ["name", step("x")],
    ["count", step("a", 2)],
    ["count of zero", step("a", 0)],
    ["kind", { ...step("a"), kind: "sleep" }],
  ])("is refused for a %s that the run has not had, and nothing changes", async (_, key) => {
    const lease = await reported([starts("a", true), completes("a"), starts("b")]);

    await expect(engine.app.callers.restartFrom(ONE, key)).rejects.toMatchObject({
      reason: "STEP_NOT_FOUND",
      message: `Step "${key.name}" not found in execution history`,
    });
    expect(await engine.report("session-a", lease, 2, [completes("b"), ENDS])).toMatchObject({
      leaseState: "finished",
    });
  });

  it("keeps more records than it reads at a time", async () => {
    await engine.create("one");
    const { lease } = await taken();
    const steps = 2_100;
    for (let n = 1; n <= steps; n += 1) {
      const more: readonly Operation[] = [starts(`s${n}`), completes(`s${n}`)];
      expect(await engine.report("session-a", lease, n, more, { seenPosition: n })).toMatchObject({ position: n + 1 });
    }
    await engine.report("session-a", lease, steps + 1, [starts("last"), ENDS]);

    await engine.app.callers.restartFrom(ONE, step("last"));

    expect((await engine.app.callers.get(ONE)).index).toMatchObject({ run: 2, status: "queued" });
    expect((await taken()).position).toBe(steps + 2);
  });
});

describe("a restart from a step that was stopped halfway", () => {
  it.each([1, 2, 3, 4])("goes on at another replica after %i records", async (writes) => {
    const store = new SharedMemoryStore(() => {});
    const clock = new ManualClock();
    const a = new AnApp({ clock, store });
    const b = new AnApp({ clock, store });
    const polled = a.poll("session-a");
    await settled();
    await a.create("one");
    const { lease } = (await polled).tasks[0]!;
    await a.report("session-a", lease, 1, [starts("a", true), completes("a"), starts("b")]);
    await a.report("session-a", lease, 2, [completes("b"), starts("c")]);
    const append = store.append.bind(store);
    let left = writes;
    store.append = (commit) => (left-- > 0 ? append(commit) : Promise.reject(new Error("stopped")));
    await expect(a.app.callers.restartFrom(ONE, step("c"))).rejects.toThrow("stopped");
    store.append = append;

    const { tasks } = await b.take("session-b");

    expect(tasks).toMatchObject([{ lease: { run: 2, epoch: 1 }, position: 4 }]);
    const entries = tasks[0]!.records.flatMap((record) => record.entries.map(({ kind }) => kind));
    const kept = ["stepStarted", "stepCompleted", "stepStarted", "stepCompleted", "restartedFrom", "leaseGranted"];
    expect(entries).toEqual(kept);
    await a.close();
    await b.close();
  });
});
