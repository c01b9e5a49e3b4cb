import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Task } from "../../services/engine/src/app/worker-api.ts";
import type { MemoryStore } from "../../services/engine/src/store/memory/memory-store.ts";
import { AnApp, completes, ENDS, json, LEASE_MS, starts, WORKFLOW } from "../support/an-app.ts";
import { ManualClock, settled } from "../support/manual-clock.ts";
import { SharedMemoryStore } from "../support/shared-memory-store.ts";

const ONE = { ...WORKFLOW, id: "one" };
const STAY = new AbortController().signal;
const GONE = { reason: "INSTANCE_NOT_FOUND" };
const EVERYTHING = {
  namespace: "default",
  workflow: null,
  statuses: [],
  createdFrom: null,
  createdBefore: null,
  after: null,
  limit: 10,
} as const;

let a: AnApp;
let b: AnApp;
let store: MemoryStore;
beforeEach(() => {
  store = new SharedMemoryStore(() => {});
  const clock = new ManualClock();
  a = new AnApp({ clock, store });
  b = new AnApp({ clock, store });
});
afterEach(async () => {
  await a.close();
  await b.close();
});

async function leased(engine = a, session = "session-a"): Promise<Task> {
  const polled = engine.poll(session);
  await settled();
  await engine.create("one");
  const [task] = (await polled).tasks;
  if (task === undefined) throw new Error("no task");
  return task;
}

describe("deleting", () => {
  it.each(["queued", "running", "paused", "complete", "errored", "terminated"])(
    "removes an instance that is %s, and frees its id at once",
    async (status) => {
      if (status === "queued" || status === "paused") {
        await a.create("one");
        if (status === "paused") await a.app.callers.command(ONE, "pause");
      } else {
        const { lease } = await leased();
        const failure = { name: "Error", message: "no", stack: null, details: null };
        if (status === "complete") await a.report("session-a", lease, 1, [ENDS]);
        if (status === "errored") await a.report("session-a", lease, 1, [{ kind: "failInstance", failure }]);
        if (status === "terminated") await a.app.callers.command(ONE, "terminate");
      }
      expect(await a.status("one")).toBe(status);

      await a.app.callers.delete(ONE);

      await expect(a.app.callers.get(ONE)).rejects.toMatchObject(GONE);
      expect(await a.app.callers.list(EVERYTHING)).toEqual([]);
      await expect(a.app.callers.delete(ONE)).rejects.toMatchObject(GONE);
      expect((await a.create("one")).index).toMatchObject({ run: 1, position: 0, status: "queued" });
    },
  );

  it("tells the worker at once that its lease is lost, and takes no report of it for the next instance of the id", async () => {
    const { lease } = await leased();
    const polled = a.poll("session-a");
    await settled();

    await a.app.callers.delete(ONE);

    expect(await polled).toEqual({ tasks: [], notices: [{ lease, leaseLost: true }] });
    expect(await a.report("session-a", lease, 1, [ENDS])).toMatchObject({ reason: "LEASE_LOST" });
    const again = a.poll("session-a");
    await settled();
    const { uid } = await a.create("one");
    expect((await again).tasks).toMatchObject([{ lease: { uid, run: 1, epoch: 1 }, afterPosition: 0 }]);
    expect(await a.report("session-a", lease, 1, [ENDS])).toMatchObject({ reason: "LEASE_LOST" });
    expect(await a.status("one")).toBe("running");
  });

  it("ends waits and watches, also when the id is used anew at once", async () => {
    await leased();
    const waits = [a, b].map((engine) => engine.app.callers.waitForEnd(ONE, 20_000, STAY));
    const watches = [a, b].map((engine) =>
      Array.fromAsync(engine.app.callers.watch(ONE, { position: 0, run: null }, STAY)),
    );
    const ends = Promise.allSettled([...waits, ...watches]);
    await settled();

    await a.app.callers.delete(ONE);
    await a.create("one");

    await a.clock.advance(2_000);
    expect(await ends).toMatchObject(Array.from({ length: 4 }, () => ({ status: "rejected", reason: GONE })));
  });

  it("answers a batch one by one", async () => {
    await a.create("one");
    await a.create("two");
    const names = ["one", "missing", "two", "one"].map((id) => ({ ...WORKFLOW, id }));

    expect(await a.app.callers.deleteMany(names)).toMatchObject([null, GONE, null, GONE]);
  });
});

describe("an instance that another replica knows", () => {
  it("is gone there too: what that replica believed is refused, by the journal that is kept for that", async () => {
    const { lease } = await leased();
    await a.report("session-a", lease, 1, [starts("a", true), completes("a"), starts("b")]);
    await a.app.callers.delete(ONE);

    expect(await b.report("session-a", lease, 2, [completes("b"), ENDS])).toMatchObject({ reason: "LEASE_LOST" });
    await expect(b.app.callers.command(ONE, "pause")).rejects.toMatchObject(GONE);
    const { notices } = await b.app.workers.heartbeat("session-a", [{ lease, seenPosition: 1 }]);
    expect(notices).toEqual([{ lease, leaseLost: true }]);
  });

  it("leaves nothing behind for the next of its id, whichever replica has to do with it", async () => {
    const first = await leased(b, "session-b");
    await b.report("session-b", first.lease, 1, [starts("a", true), completes("a"), starts("b")]);
    await a.app.callers.delete(ONE);
    const { uid } = await a.create("one");

    // B still believes in the old one, which was leased.
    const polled = b.poll("session-b");
    await b.clock.advance(1_000);
    const [task] = (await polled).tasks;
    expect(task).toMatchObject({ lease: { uid, run: 1, epoch: 1 }, records: [{ position: 1 }], afterPosition: 0 });
    await a.app.callers.sendEvent(ONE, { type: "go", payload: json(1), requestId: null });
    expect(await b.report("session-b", task!.lease, 1, [starts("a", true), completes("a"), ENDS])).toMatchObject({
      leaseState: "finished",
    });
    expect(await a.status("one")).toBe("complete");
  });

  it("takes the journals along when no replica can believe in it any more", async () => {
    const { lease } = await leased();
    await a.report("session-a", lease, 1, [starts("a", true), completes("a"), starts("b")]);
    await a.app.callers.delete(ONE);
    const records = async () =>
      (await store.journal({ uid: lease.uid, run: 1 }, 0, { records: 9, bytes: 1e9 })).records;

    await a.clock.advance(59_000);
    expect(await records()).toHaveLength(2);
    await a.clock.advance(61_000);
    expect(await records()).toEqual([]);
    expect(await store.removable(Infinity, 9)).toEqual([]);
  });
});

describe("a removal that was stopped after its record", () => {
  beforeEach(async () => {
    await leased();
    store.releaseName = () => Promise.reject(new Error("stopped"));
    await a.app.callers.delete(ONE).catch(() => {});
    Reflect.deleteProperty(store, "releaseName");
  });

  it("shows the instance to nobody, and goes on with whoever looks", async () => {
    expect(await store.head(ONE)).toBeDefined();
    expect(await b.app.callers.list(EVERYTHING)).toEqual([]);
    await expect(b.app.callers.get(ONE)).rejects.toMatchObject(GONE);
    expect(await store.head(ONE)).toBeUndefined();
  });

  it("goes on with the next creation, which has the id", async () => {
    expect((await b.create("one")).index).toMatchObject({ run: 1, position: 0 });
  });

  it("goes on by itself", async () => {
    await a.clock.advance(LEASE_MS + 1_000);
    expect(await store.head(ONE)).toBeUndefined();
  });
});

describe("a list", () => {
  it("has full pages though instances in between are being removed", async () => {
    for (let n = 0; n < 6; n += 1) await a.create(`i-${n}`);
    store.releaseName = () => Promise.reject(new Error("stopped"));
    for (const id of ["i-1", "i-4"]) await expect(a.app.callers.delete({ ...WORKFLOW, id })).rejects.toThrow("stopped");

    const page = await a.app.callers.list({ ...EVERYTHING, limit: 4 });
    expect(page.map(({ name }) => name.id).toSorted()).toEqual(["i-0", "i-2", "i-3", "i-5"]);
  });
});
