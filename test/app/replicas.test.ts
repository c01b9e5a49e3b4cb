import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AnApp, completes, ENDS, json, LEASE_MS, starts, WORKFLOW } from "../support/an-app.ts";
import { SharedMemoryStore } from "../support/shared-memory-store.ts";
import { ManualClock, settled } from "../support/manual-clock.ts";

const ONE = { ...WORKFLOW, id: "one" };
const STAY = new AbortController().signal;

let a: AnApp;
let b: AnApp;
beforeEach(() => {
  const store = new SharedMemoryStore(() => {});
  const clock = new ManualClock();
  a = new AnApp({ clock, store });
  b = new AnApp({ clock, store });
});
afterEach(async () => {
  await a.close();
  await b.close();
});

describe("two replicas on one store", () => {
  it("hand an instance made on one to a worker that polls the other", async () => {
    const polled = b.poll("session-b");
    await settled();
    await a.create("one");
    await a.clock.advance(1_000);
    expect((await polled).tasks).toMatchObject([{ lease: { name: ONE } }]);
  });

  it("take reports wherever they come, and tell the end wherever it is waited for", async () => {
    const polled = a.poll("session-a");
    await settled();
    await a.create("one");
    const [task] = (await polled).tasks;
    if (task === undefined) throw new Error("no task");
    const waited = b.app.callers.waitForEnd(ONE, 20_000, STAY);
    await a.report("session-a", task.lease, 1, [starts("s1", true), completes("s1"), starts("s2")]);
    await b.report("session-a", task.lease, 2, [completes("s2"), starts("s3")]);
    expect(await a.report("session-a", task.lease, 3, [completes("s3"), ENDS])).toMatchObject({ position: 3 });
    await a.clock.advance(1_000);
    expect(await waited).toMatchObject({ index: { status: "complete" }, output: json("done") });
  });

  it("believe nothing old: a command on one is a fact on the other", async () => {
    const polled = a.poll("session-a");
    await settled();
    await a.create("one");
    const [task] = (await polled).tasks;
    if (task === undefined) throw new Error("no task");
    await a.report("session-a", task.lease, 1, [starts("s1", true)]);
    await b.app.callers.command(ONE, "terminate");
    expect(await a.report("session-a", task.lease, 2, [completes("s1"), ENDS])).toMatchObject({ reason: "LEASE_LOST" });
    await b.app.callers.command(ONE, "restart");
    expect((await a.app.callers.get(ONE)).index).toMatchObject({ run: 2, status: "queued" });
    await a.app.callers.command(ONE, "pause");
    expect((await b.app.callers.command(ONE, "resume")).index.status).toBe("queued");
  });

  it("bring an event sent to one to the worker's heartbeat at the other", async () => {
    const polled = a.poll("session-a");
    await settled();
    await a.create("one");
    const [task] = (await polled).tasks;
    if (task === undefined) throw new Error("no task");
    const { lease } = task;
    const wait = {
      kind: "startWait",
      key: { kind: "wait", name: "w", count: 1 },
      eventType: "go",
      otherEventTypes: [],
      timeoutMs: 9e6,
    } as const;
    await a.report("session-a", lease, 1, [starts("s1", true), wait]);
    await b.app.callers.sendEvent(ONE, { type: "go", payload: json(1), requestId: null });
    const { notices } = await a.app.workers.heartbeat("session-a", [{ lease, seenPosition: 1 }]);
    expect(notices).toEqual([{ lease, leaseLost: false }]);
    expect(await a.report("session-a", lease, 2, [], { seenPosition: 1 })).toMatchObject({
      news: [{ kind: "eventAccepted" }, { kind: "waitCompleted" }],
    });
  });

  it("deal one instance out once, however many look for it", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => a.create(`many-${n}`)));
    const polls = [a.poll("session-a", { slots: 20 }), b.poll("session-b", { slots: 20 })];
    await a.clock.advance(20_000);
    const tasks = (await Promise.all(polls)).flatMap((polled) => polled.tasks);
    expect(new Set(tasks.map(({ lease }) => lease.name.id)).size).toBe(tasks.length);
    expect(tasks).toHaveLength(20);
  });

  it("take the leases of a session that died elsewhere", async () => {
    const polled = a.poll("session-a");
    await settled();
    await a.create("one");
    await polled;
    await a.close();
    await b.clock.advance(2 * LEASE_MS);
    expect((await b.poll("session-b")).tasks).toMatchObject([{ lease: { epoch: 2 } }]);
  });
});
