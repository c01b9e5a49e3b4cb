import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Accepted, Task } from "../../services/engine/src/app/worker-api.ts";
import type { Operation } from "../../services/engine/src/domain/operation.ts";
import { AnApp, completes, ENDS, json, starts, WORKFLOW } from "../support/an-app.ts";
import { settled } from "../support/manual-clock.ts";

const SECOND = 1_000;
const ONE = { ...WORKFLOW, id: "one" };

let engine: AnApp;
beforeEach(() => {
  engine = new AnApp();
});
afterEach(() => engine.close());

function sleeps(name: string, afterMs: number): Operation {
  return { kind: "startSleep", key: { kind: "sleep", name, count: 1 }, end: { afterMs } };
}

function waits(eventType: string, timeoutMs = 60 * SECOND): Operation {
  return {
    kind: "startWait",
    key: { kind: "wait", name: eventType, count: 1 },
    eventType,
    otherEventTypes: [],
    timeoutMs,
  };
}

async function parked(session: string, ...operations: Operation[]): Promise<Task> {
  const polled = engine.poll(session);
  await settled();
  await engine.create("one");
  const [task] = (await polled).tasks;
  if (task === undefined) throw new Error("no task");
  const result = await engine.report(session, task.lease, 1, operations, { park: true });
  expect(result).toMatchObject({ leaseState: "released" });
  return task;
}

describe("a sleeping instance", () => {
  it("is handed out the moment its sleep ends, not before, with only what is new", async () => {
    await parked("session-a", sleeps("nap", 5 * SECOND));
    expect(await engine.status("one")).toBe("waiting");
    const polled = engine.poll("session-a", { holdMs: 20 * SECOND });
    await engine.clock.advance(5 * SECOND - 1);
    expect(await engine.status("one")).toBe("waiting");
    await engine.clock.advance(1);

    const { tasks } = await polled;
    expect(tasks).toMatchObject([{ afterPosition: 1, params: null, position: 2, lease: { epoch: 2 } }]);
    expect(tasks[0]?.records.flatMap(({ entries }) => entries)).toEqual([
      { kind: "sleepCompleted", key: { kind: "sleep", name: "nap", count: 1 } },
      { kind: "leaseGranted", epoch: 2, session: "session-a" },
    ]);
  });

  it("that came due while nobody polled is handed out with the first poll, without a further look", async () => {
    await parked("session-a", sleeps("nap", 5 * SECOND));
    await engine.clock.advance(5 * SECOND);
    const { tasks } = await engine.take("session-b");

    expect(tasks).toHaveLength(1);
  });

  it("goes to another worker whole when the one that had it is away", async () => {
    await parked("session-a", sleeps("nap", 5 * SECOND));
    const polled = engine.poll("session-b", { holdMs: 20 * SECOND });
    await engine.clock.advance(5 * SECOND);
    const { tasks } = await polled;
    expect(tasks).toMatchObject([{ afterPosition: 0, params: json({}), position: 2 }]);
    expect(tasks[0]?.records).toHaveLength(2);
  });

  it("prefers the worker that may still have it in memory", async () => {
    await parked("session-a", sleeps("nap", SECOND));
    const longest = engine.poll("session-b", { holdMs: 20 * SECOND });
    await settled();
    const own = engine.poll("session-a", { holdMs: 20 * SECOND });
    await engine.clock.advance(SECOND);
    expect((await own).tasks).toHaveLength(1);
    await engine.clock.advance(20 * SECOND);
    expect((await longest).tasks).toHaveLength(0);
  });

  it("whose time came while no worker was there goes to the first that comes", async () => {
    await parked("session-a", sleeps("nap", SECOND));
    await engine.clock.advance(3_600 * SECOND);
    expect((await engine.poll("session-b")).tasks).toHaveLength(1);
  });

  it("is found by a replica that starts after its time, with nothing in memory", async () => {
    await parked("session-a", sleeps("nap", SECOND));
    await engine.clock.advance(3_600 * SECOND);
    await engine.close();
    engine = new AnApp({ store: engine.store, clock: engine.clock });
    expect((await engine.poll("session-b")).tasks).toHaveLength(1);
  });
});

describe("a waiting instance", () => {
  it("is handed over in the record that accepts its event, when a worker polls", async () => {
    await parked("session-a", waits("approved"));
    const polled = engine.poll("session-a");
    await settled();
    await engine.app.callers.sendEvent(ONE, { type: "approved", payload: json(1), requestId: null });
    expect(await polled).toMatchObject({ tasks: [{ afterPosition: 1, position: 2, records: [{ position: 2 }] }] });
    expect(await engine.status("one")).toBe("running");
  });

  it("is handed out with the event that came", async () => {
    await parked("session-a", waits("approved"));
    const polled = engine.poll("session-a");
    await settled();
    await engine.app.callers.sendEvent(ONE, { type: "approved", payload: json({ by: "Ada" }), requestId: null });
    const { tasks } = await polled;
    expect(tasks[0]?.records.flatMap(({ entries }) => entries)).toMatchObject([
      { kind: "eventAccepted", event: 1, type: "approved", payload: json({ by: "Ada" }) },
      { kind: "waitCompleted", event: 1 },
      { kind: "leaseGranted" },
    ]);
  });

  it("stays where it is for an event of another type", async () => {
    await parked("session-a", waits("approved"));
    await engine.app.callers.sendEvent(ONE, { type: "other", payload: json(1), requestId: null });
    expect(await engine.status("one")).toBe("waiting");
    expect((await engine.take("session-a")).tasks).toEqual([]);
  });

  it("accepts an event with the same request id once", async () => {
    await parked("session-a", waits("other"));
    for (let time = 0; time < 2; time++) {
      await engine.app.callers.sendEvent(ONE, { type: "approved", payload: json(1), requestId: "r1" });
    }
    const { records } = await engine.app.callers.journal(ONE, 0, 100);
    expect(records.flatMap(({ entries }) => entries).filter(({ kind }) => kind === "eventAccepted")).toHaveLength(1);
  });

  it("times out on time", async () => {
    await parked("session-a", waits("approved", 2 * SECOND));
    const polled = engine.poll("session-a");
    await engine.clock.advance(2 * SECOND);
    const { tasks } = await polled;
    expect(tasks[0]?.records.flatMap(({ entries }) => entries)[0]).toMatchObject({ kind: "waitTimedOut" });
  });
});

describe("an instance that a worker has", () => {
  it("brings news with the next report, and a notice before", async () => {
    const polled = engine.poll("session-a");
    await settled();
    await engine.create("one");
    const [task] = (await polled).tasks;
    if (task === undefined) throw new Error("no task");
    const held = await engine.report("session-a", task.lease, 1, [starts("a", true), waits("approved")]);
    expect(held).toMatchObject({ leaseState: "held", news: [], nextDueInMs: 60 * SECOND });

    const notified = engine.poll("session-a");
    await settled();
    await engine.app.callers.sendEvent(ONE, { type: "approved", payload: json(7), requestId: null });
    expect(await notified).toEqual({ tasks: [], notices: [{ lease: task.lease, leaseLost: false }] });
    const news = await engine.report("session-a", task.lease, 2, [], { seenPosition: 1 });
    expect((news as Accepted).news).toMatchObject([
      { kind: "eventAccepted", payload: json(7) },
      { kind: "waitCompleted" },
    ]);
    const end = await engine.report("session-a", task.lease, 3, [completes("a"), ENDS], { seenPosition: 2 });
    expect(end).toMatchObject({ leaseState: "finished", news: [] });
  });

  it("learns of a pause and of its end", async () => {
    const polled = engine.poll("session-a");
    await settled();
    await engine.create("one");
    const [task] = (await polled).tasks;
    if (task === undefined) throw new Error("no task");
    await engine.report("session-a", task.lease, 1, [starts("a", true), starts("b", true)]);
    expect((await engine.app.callers.command(ONE, "pause")).index.status).toBe("waitingForPause");
    const putOff = await engine.report("session-a", task.lease, 2, [completes("a"), starts("c")]);
    expect(putOff).toMatchObject({ pausing: true, leaseState: "held", putOff: [{ name: "c" }] });
    expect(await engine.report("session-a", task.lease, 3, [completes("b")])).toMatchObject({ leaseState: "released" });
    expect(await engine.status("one")).toBe("paused");
    expect((await engine.take("session-a")).tasks).toEqual([]);

    const resumed = engine.poll("session-a");
    await settled();
    await engine.app.callers.command(ONE, "resume");
    expect((await resumed).tasks).toHaveLength(1);
  });
});
