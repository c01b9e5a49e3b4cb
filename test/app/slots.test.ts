import { afterEach, describe, expect, it } from "vitest";
import { NO_SETTINGS } from "../../services/engine/src/domain/workflow.ts";
import type { Task } from "../../services/engine/src/app/worker-api.ts";
import { MemoryStore } from "../../services/engine/src/store/memory/memory-store.ts";
import type { Store } from "../../services/engine/src/store/store.ts";
import { AnApp, ENDS, LEASE_MS, WORKFLOW } from "../support/an-app.ts";
import { ManualClock, settled } from "../support/manual-clock.ts";
import { SharedMemoryStore } from "../support/shared-memory-store.ts";

const apps: AnApp[] = [];
const anApp = (store: Store = new MemoryStore(() => {}), clock = new ManualClock()): AnApp => {
  const app = new AnApp({ store, clock });
  apps.push(app);
  return app;
};
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

const limit = (app: AnApp, concurrencyLimit: number | null, schedules: readonly string[] = []) =>
  app.app.workflows.put(WORKFLOW, { ...NO_SETTINGS, concurrencyLimit, schedules });

const idsOf = (tasks: readonly Task[]) => tasks.map(({ lease }) => lease.name.id);

/** What a worker gets until nothing more comes. */
async function takeAll(app: AnApp, session: string): Promise<readonly Task[]> {
  const all: Task[] = [];
  for (;;) {
    const { tasks } = await app.take(session);
    if (tasks.length === 0) return all;
    all.push(...tasks);
  }
}

const ends = (app: AnApp, session: string, task: Task, sequence = 1) =>
  app.report(session, task.lease, sequence, [ENDS]);

describe("a limit of concurrency", () => {
  it("lends no more instances than it says, and the oldest next when one ends", async () => {
    const app = anApp();
    await limit(app, 2);
    for (const id of ["a", "b", "c", "d"]) {
      await app.create(id);
      await app.clock.advance(1);
    }
    const first = await takeAll(app, "session-a");
    expect(idsOf(first)).toEqual(["a", "b"]);

    const polled = app.poll("session-a");
    await settled();
    await ends(app, "session-a", first[1]!);
    expect(idsOf((await polled).tasks)).toEqual(["c"]);
    expect(await app.status("d")).toBe("queued");
  });

  it("leaves workflows without one alone, and writes nothing for them", async () => {
    const written: string[] = [];
    const app = anApp(new MemoryStore((collection) => written.push(collection)));
    const polled = app.poll("session-a");
    await settled();
    await app.create("a");

    expect(idsOf((await polled).tasks)).toEqual(["a"]);
    expect(written).not.toContain("slots");
  });

  it("holds over replicas", async () => {
    const store = new SharedMemoryStore(() => {});
    const clock = new ManualClock();
    const [a, b] = [anApp(store, clock), anApp(store, clock)];
    await limit(a, 3);
    await clock.advance(1_000);
    for (let n = 0; n < 10; n++) await (n % 2 === 0 ? a : b).create(`i${n}`);

    const [first, second] = await Promise.all([takeAll(a, "session-a"), takeAll(b, "session-b")]);

    expect(first.length + second.length).toBe(3);
    expect(await store.slots(WORKFLOW)).toHaveLength(3);
  });

  it("counts an instance no more when its worker is lost", async () => {
    const app = anApp();
    await limit(app, 1);
    await app.create("a");
    await app.create("b");
    expect(await takeAll(app, "session-a")).toHaveLength(1);

    await app.clock.advance(2 * LEASE_MS);

    // The one that has begun goes on first.
    expect(idsOf(await takeAll(app, "session-b"))).toEqual(["a"]);
    expect(await app.store.slots(WORKFLOW)).toHaveLength(1);
  });

  it("lets what runs go on when it is lowered or comes late, and adds nothing until that is fewer", async () => {
    const app = anApp();
    for (const id of ["a", "b", "c", "d"]) await app.create(id);
    const running = await takeAll(app, "session-a");
    expect(running).toHaveLength(4);
    await limit(app, 2);
    await app.clock.advance(1_000);
    await app.create("e");
    expect(await takeAll(app, "session-a")).toEqual([]);

    await ends(app, "session-a", running[0]!);
    await ends(app, "session-a", running[1]!);
    expect(await takeAll(app, "session-a")).toEqual([]);
    await ends(app, "session-a", running[2]!);
    expect(idsOf(await takeAll(app, "session-a"))).toEqual(["e"]);
  });

  it("lends more when it is raised or lifted", async () => {
    const app = anApp();
    await limit(app, 1);
    for (const id of ["a", "b", "c", "d", "e"]) await app.create(id);
    expect(await takeAll(app, "session-a")).toHaveLength(1);
    await limit(app, 3);
    expect(await takeAll(app, "session-a")).toHaveLength(2);
    await limit(app, null);
    expect(await takeAll(app, "session-a")).toHaveLength(2);
  });

  it("is not used up by what a crash left", async () => {
    const app = anApp();
    await limit(app, 1);
    const holder = { id: "gone", uid: "uid", run: 1, epoch: 1 };
    await app.store.takeSlot({ workflow: WORKFLOW, place: 0, holder, token: "t", takenAt: app.clock.now() });
    await app.create("a");
    expect(await takeAll(app, "session-a")).toEqual([]);

    await app.clock.advance(20_000);

    expect(idsOf(await takeAll(app, "session-a"))).toEqual(["a"]);
  });

  it("does not keep a scheduled instance waiting, for an hour", async () => {
    const app = anApp(undefined, new ManualClock(Date.UTC(2026, 0, 1, 0, 0, 50)));
    await limit(app, 1, ["* * * * *"]);
    await app.create("a");
    expect(await takeAll(app, "session-a")).toHaveLength(1);
    await app.clock.advance(9_000);
    const polled = app.poll("session-b");
    await app.clock.advance(1_000);

    expect((await polled).tasks.map(({ schedule }) => schedule?.cron)).toEqual(["* * * * *"]);
    expect(await app.store.slots(WORKFLOW)).toHaveLength(1);
  });
});
