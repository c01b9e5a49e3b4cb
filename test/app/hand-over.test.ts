import { afterEach, describe, expect, it } from "vitest";
import { AnApp, completes, ENDS, json, starts, WORKFLOW } from "../support/an-app.ts";
import { settled } from "../support/manual-clock.ts";
import type { Collection } from "../../services/engine/src/store/written.ts";
import { MemoryStore } from "../../services/engine/src/store/memory/memory-store.ts";

const NOTHING = { heads: 0, journal: 0, removals: 0, sessions: 0, blobs: 0, workflows: 0, slots: 0 };

let engine: AnApp;
afterEach(() => engine.close());

/** An engine whose store counts every row that it writes. */
function countedWrites(): Record<Collection, number> {
  const written = { ...NOTHING };
  const store = new MemoryStore((table, rows) => {
    written[table] += rows;
  });
  engine = new AnApp({ store });
  return written;
}

describe("an instance that is created", () => {
  it("goes to a poll that waits in the write that creates it", async () => {
    const written = countedWrites();
    const polled = engine.poll("session-a");
    await settled();
    const created = await engine.create("one", { params: json({ name: "Ada" }) });

    const { tasks } = await polled;
    expect(created.index.status).toBe("running");
    expect(tasks).toMatchObject([
      { lease: { name: { id: "one" }, run: 1, epoch: 1 }, params: json({ name: "Ada" }), records: [] },
    ]);
    expect(written).toEqual({ ...NOTHING, heads: 1, journal: 0, sessions: 1 });
  });

  it("waits queued for a worker of its workflow, and goes to the first that comes", async () => {
    engine = new AnApp();
    await engine.create("one");
    expect(await engine.status("one")).toBe("queued");
    expect(await engine.take("session-b", { workflows: ["other"] })).toEqual({ tasks: [], notices: [] });

    const polled = engine.poll("session-a");
    const { tasks } = await polled;
    expect(tasks.map(({ lease }) => lease.name.id)).toEqual(["one"]);
    expect(await engine.status("one")).toBe("running");
  });

  it("is taken back when its poll's caller was gone, and goes to the next", async () => {
    engine = new AnApp();
    const caller = new AbortController();
    const lost = engine.poll("session-a", {}, caller.signal);
    await settled();
    const creating = engine.create("one");
    caller.abort();
    await creating;
    expect(await lost).toEqual({ tasks: [], notices: [] });

    const { tasks } = await engine.poll("session-b");
    expect(tasks).toMatchObject([{ lease: { epoch: 2 }, lostAttempts: 0 }]);
  });

  it("leaves together with others that are created in the same moment", async () => {
    engine = new AnApp();
    const polled = engine.poll("session-a", { slots: 3 });
    await settled();
    await Promise.all(["one", "two", "three", "four"].map((id) => engine.create(id)));

    expect((await polled).tasks.map(({ lease }) => lease.name.id)).toEqual(["one", "two", "three"]);
    expect((await engine.poll("session-a")).tasks.map(({ lease }) => lease.name.id)).toEqual(["four"]);
  });
});

describe("writes of an instance", () => {
  it("are ten records and one index for ten sequential steps", async () => {
    const written = countedWrites();
    const polled = engine.poll("session-a");
    await settled();
    await engine.create("ten");
    const [task] = (await polled).tasks;
    if (task === undefined) throw new Error("no task");

    for (let n = 1; n <= 10; n++) {
      const start = n === 1 ? [starts("step-1", true)] : [];
      const next = n === 10 ? ENDS : starts(`step-${n + 1}`);
      const result = await engine.report("session-a", task.lease, n, [...start, completes(`step-${n}`), next]);
      expect(result).toMatchObject({ position: n, leaseState: n === 10 ? "finished" : "held" });
    }
    // The head is written twice: at its creation, and at its end.
    expect(written).toEqual({ ...NOTHING, heads: 2, journal: 10, sessions: 1 });
    expect(await engine.app.callers.get({ ...WORKFLOW, id: "ten" })).toMatchObject({
      index: { status: "complete", position: 10 },
      output: json("done"),
    });
  });

  it("are one record for one step", async () => {
    const written = countedWrites();
    const polled = engine.poll("session-a");
    await settled();
    await engine.create("single");
    const [task] = (await polled).tasks;
    if (task === undefined) throw new Error("no task");
    await engine.report("session-a", task.lease, 1, [starts("only", true), completes("only"), ENDS]);
    expect(written).toEqual({ ...NOTHING, heads: 2, journal: 1, sessions: 1 });
  });
});
