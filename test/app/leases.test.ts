import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Task } from "../../services/engine/src/app/worker-api.ts";
import { AnApp, completes, ENDS, LEASE_MS, starts } from "../support/an-app.ts";
import { settled } from "../support/manual-clock.ts";

let engine: AnApp;
beforeEach(() => {
  engine = new AnApp();
});
afterEach(() => engine.close());

async function leased(id: string, session: string): Promise<Task> {
  const polled = engine.poll(session);
  await settled();
  await engine.create(id);
  const [task] = (await polled).tasks;
  if (task === undefined) throw new Error("no task");
  return task;
}

describe("a worker that is never heard of again", () => {
  it("loses its instance when its lease has run out, and is refused from then on", async () => {
    const first = await leased("one", "session-a");
    await engine.report("session-a", first.lease, 1, [starts("a", true), completes("a"), starts("b")]);
    await engine.clock.advance(2 * LEASE_MS);

    const { tasks } = await engine.poll("session-b");
    expect(tasks).toMatchObject([{ lease: { epoch: 2 }, afterPosition: 0, lostAttempts: 0 }]);
    const attempts = tasks[0]?.records.flatMap(({ entries }) => entries).filter(({ kind }) => kind === "retryDue");
    expect(attempts).toEqual([{ kind: "retryDue", key: { kind: "do", name: "b", count: 1 }, attempt: 2 }]);
    expect(await engine.report("session-a", first.lease, 2, [completes("b"), ENDS])).toMatchObject({
      reason: "LEASE_LOST",
    });
    await expect(engine.app.workers.heartbeat("session-a", [])).rejects.toMatchObject({ reason: "SESSION_LOST" });
    await expect(engine.poll("session-a")).rejects.toMatchObject({ reason: "SESSION_LOST" });
  });

  it("counts as a lost attempt when nothing was reported", async () => {
    await leased("one", "session-a");
    await engine.clock.advance(2 * LEASE_MS);
    expect((await engine.poll("session-b")).tasks).toMatchObject([{ lostAttempts: 1 }]);
    await engine.clock.advance(2 * LEASE_MS);
    expect((await engine.poll("session-c")).tasks).toMatchObject([{ lostAttempts: 2 }]);
  });
});

describe("a heartbeat", () => {
  it("keeps every lease of its session", async () => {
    const { lease } = await leased("one", "session-a");
    for (let beat = 0; beat < 6; beat++) {
      await engine.clock.advance(LEASE_MS / 2);
      expect(await engine.app.workers.heartbeat("session-a", [{ lease, seenPosition: 0 }])).toEqual({
        notices: [],
        leaseMs: LEASE_MS,
      });
    }
    expect(await engine.report("session-a", lease, 1, [starts("a", true), completes("a"), ENDS])).toMatchObject({
      leaseState: "finished",
    });
  });

  it("that does not name a task gets it handed out again, once its delivery had its time", async () => {
    const { lease } = await leased("one", "session-a");
    await engine.app.workers.heartbeat("session-a", []);
    expect(await engine.status("one")).toBe("running");
    await engine.clock.advance(LEASE_MS / 2);
    await engine.app.workers.heartbeat("session-a", []);

    expect(await engine.poll("session-a")).toEqual({ tasks: [], notices: [{ lease, leaseLost: true }] });
    const { tasks } = await engine.poll("session-a");
    expect(tasks).toMatchObject([{ lease: { epoch: 2 }, lostAttempts: 0 }]);
    expect(await engine.report("session-a", lease, 1, [ENDS])).toMatchObject({ reason: "LEASE_LOST" });
  });

  it("that names a task which has passed on is told so", async () => {
    const { lease } = await leased("one", "session-a");
    await engine.app.callers.command(lease.name, "terminate");
    const { notices } = await engine.app.workers.heartbeat("session-a", [{ lease, seenPosition: 0 }]);
    expect(notices).toEqual([{ lease, leaseLost: true }]);
  });
});

describe("a worker that leaves", () => {
  it("has its polls answered at once and its instances handed on, as the same attempt", async () => {
    const { lease } = await leased("one", "session-a");
    await engine.report("session-a", lease, 1, [starts("a", true), completes("a"), starts("b")]);
    const polled = engine.poll("session-a");
    await settled();
    await engine.app.workers.shutdown("session-a");
    expect(await polled).toMatchObject({ tasks: [] });

    const { tasks } = await engine.poll("session-b");
    const retries = tasks[0]?.records.flatMap(({ entries }) => entries).filter(({ kind }) => kind === "retryDue");
    expect(retries).toMatchObject([{ attempt: 1 }]);
  });

  it("may come back under its name: the new session ends the old one at once", async () => {
    const polled = engine.poll("session-a", { workerName: "dev" });
    await settled();
    await engine.create("one");
    const [task] = (await polled).tasks;
    const { tasks } = await engine.poll("session-b", { workerName: "dev" });
    expect(tasks).toMatchObject([{ lease: { name: { id: "one" }, epoch: 2 } }]);
    if (task === undefined) throw new Error("no task");
    expect(await engine.report("session-a", task.lease, 1, [ENDS])).toMatchObject({ reason: "LEASE_LOST" });
  });

  it("has the polls of its old session ended when it comes back: nothing is handed to whoever is gone", async () => {
    const old = engine.poll("session-a", { workerName: "dev" });
    await settled();
    const polled = engine.poll("session-b", { workerName: "dev" });
    expect(await old).toEqual({ tasks: [], notices: [] });
    await engine.create("one");
    expect((await polled).tasks).toHaveLength(1);
  });
});

describe("a report", () => {
  it("sent twice is accepted once, and answered alike", async () => {
    const { lease } = await leased("one", "session-a");
    const first = await engine.report("session-a", lease, 1, [starts("a", true), completes("a"), starts("b")]);
    const again = await engine.report("session-a", lease, 1, [starts("a", true), completes("a"), starts("b")]);
    expect(first).toMatchObject({ position: 1, leaseState: "held" });
    expect(again).toEqual(first);
    const end = await engine.report("session-a", lease, 2, [completes("b"), ENDS]);
    expect(await engine.report("session-a", lease, 2, [completes("b"), ENDS])).toEqual(end);
    expect(end).toMatchObject({ position: 2, leaseState: "finished" });
  });

  it("of somebody else's session, run or instance is refused", async () => {
    const { lease } = await leased("one", "session-a");
    const refused = { reason: "LEASE_LOST" };
    expect(await engine.report("session-b", lease, 1, [ENDS])).toMatchObject(refused);
    expect(await engine.report("session-a", { ...lease, run: 2 }, 1, [ENDS])).toMatchObject(refused);
    expect(await engine.report("session-a", { ...lease, uid: "another" }, 1, [ENDS])).toMatchObject(refused);
    expect(await engine.report("session-a", { ...lease, name: { ...lease.name, id: "nobody" } }, 1, [])).toMatchObject(
      refused,
    );
    expect(await engine.status("one")).toBe("running");
  });
});

describe("a session that is dead but for an open poll", () => {
  it("has its poll ended when its leases are taken back, and gets none of them again", async () => {
    await leased("one", "session-a");
    await engine.clock.advance(LEASE_MS - 1_000);
    // Let in while the session lived, held beyond its end.
    const held = engine.poll("session-a", { holdMs: 60_000 });
    await engine.clock.advance(10_000);
    expect((await held).tasks).toEqual([]);
    expect((await engine.poll("session-b")).tasks).toMatchObject([{ lostAttempts: 1 }]);
  });
});
