import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openStore } from "../../services/engine/src/store/open.ts";
import { AnApp, completes, ENDS, starts, step, WORKFLOW } from "../support/an-app.ts";
import { freshDatabaseUri } from "../support/mongod.ts";

const ONE = { ...WORKFLOW, id: "one" };
const FIXTURE = "test/end-to-end/fixtures/dies-after.ts";
const GONE = { reason: "INSTANCE_NOT_FOUND" };

const STORES = { SQLite: freshFile, MongoDB: () => freshDatabaseUri() };

async function freshFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "perdure-lifecycle-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return `sqlite:${join(folder, "kill.db")}`;
}

/** Lets a process die after so many writes of what it does. */
async function killed(url: string, action: "restart" | "delete", writes: number): Promise<void> {
  const child = spawn(process.execPath, [FIXTURE, url, action, String(writes)], { stdio: "inherit" });
  expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
}

/** Another engine on what is left. */
async function anEngine(url: string): Promise<AnApp> {
  const store = await openStore(url);
  const engine = new AnApp({ store });
  onTestFinished(async () => {
    await engine.close();
    await store.close();
  });
  return engine;
}

// Invariant 1.
describe.each(Object.keys(STORES) as (keyof typeof STORES)[])("on %s, an engine that is killed", (store) => {
  // Asked for, two records that are kept, the one that ends them, complete.
  it.each([1, 2, 3, 4, 5])(
    "after write %i of a restart from a step leaves one that is completed",
    async (writes) => {
      const url = await STORES[store]();
      await killed(url, "restart", writes);
      const engine = await anEngine(url);

      expect((await engine.app.callers.get(ONE)).index).toMatchObject({ run: 2, status: "queued" });

      const { records } = await engine.app.callers.journal(ONE, 0, 100);
      expect(records.map(({ position }) => position)).toEqual([1, 2, 3]);
      expect(records.map(({ entries }) => entries.map(({ kind }) => kind))).toEqual([
        ["stepStarted", "stepCompleted", "stepStarted"],
        ["stepCompleted"],
        ["restartedFrom"],
      ]);
      const { tasks } = await engine.poll("session-b");
      const end = [starts("c", true), completes("c"), ENDS];
      expect(await engine.report("session-b", tasks[0]!.lease, 1, end)).toMatchObject({ leaseState: "finished" });
      await expect(engine.app.callers.restartFrom(ONE, step("a"))).resolves.toMatchObject({ index: { run: 3 } });
    },
    60_000,
  );

  it.each([1, 2])(
    "after write %i of a removal leaves nothing, and a free id",
    async (writes) => {
      const url = await STORES[store]();
      await killed(url, "delete", writes);
      const engine = await anEngine(url);

      await expect(engine.app.callers.get(ONE)).rejects.toMatchObject(GONE);
      await expect(engine.app.callers.delete(ONE)).rejects.toMatchObject(GONE);
      expect((await engine.create("one")).index).toMatchObject({ run: 1, position: 0 });
      expect((await engine.app.callers.journal(ONE, 0, 100)).records).toEqual([]);
    },
    60_000,
  );
});

// Invariants 5 and 10.
describe("two replicas on one MongoDB", () => {
  it("know nothing of a deleted instance, and the next of its id has nothing of it", async () => {
    const url = await freshDatabaseUri();
    const [a, b] = [await anEngine(url), await anEngine(url)];
    await b.create("one");
    const old = (await b.poll("session-b")).tasks[0]!.lease;
    await b.report("session-b", old, 1, [starts("a", true), completes("a"), starts("b")]);

    await a.app.callers.delete(ONE);
    expect(await b.report("session-b", old, 2, [completes("b"), ENDS])).toMatchObject({ reason: "LEASE_LOST" });
    await expect(b.app.callers.command(ONE, "pause")).rejects.toMatchObject(GONE);
    const { uid } = await b.create("one");
    const { lease, records } = (await a.poll("session-a")).tasks[0]!;
    expect({ uid: lease.uid, epoch: lease.epoch, records: records.length }).toEqual({ uid, epoch: 1, records: 1 });

    expect(await a.report("session-b", old, 2, [completes("b"), ENDS])).toMatchObject({ reason: "LEASE_LOST" });
    const end = [starts("a", true), completes("a"), ENDS];
    expect(await b.report("session-a", lease, 1, end)).toMatchObject({ leaseState: "finished" });
    expect((await a.app.callers.get(ONE)).index).toMatchObject({ run: 1, status: "complete" });
  }, 60_000);

  it("give an id to one of many who delete it and create it anew at once", async () => {
    const url = await freshDatabaseUri();
    const [a, b] = [await anEngine(url), await anEngine(url)];
    const uids = new Set<string>();
    for (let round = 0; round < 5; round += 1) {
      const created = await Promise.allSettled([a, b, a, b].map((engine) => engine.create("one")));
      const made = created.flatMap((result) => (result.status === "fulfilled" ? [result.value.uid] : []));
      expect(made).toHaveLength(1);
      uids.add(made[0]!);
      const deleted = await Promise.allSettled([a, b].map((engine) => engine.app.callers.delete(ONE)));
      expect(deleted.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
      await expect(a.app.callers.get(ONE)).rejects.toMatchObject(GONE);
    }
    expect(uids.size).toBe(5);
  }, 60_000);
});
