import { afterEach, describe, expect, it } from "vitest";
import { LOAD_LIMITS } from "../../services/engine/src/domain/limits.ts";
import { NO_SETTINGS } from "../../services/engine/src/domain/workflow.ts";
import type { Operation } from "../../services/engine/src/domain/operation.ts";
import type { Task } from "../../services/engine/src/app/worker-api.ts";
import { MemoryStore } from "../../services/engine/src/store/memory/memory-store.ts";
import type { Store } from "../../services/engine/src/store/store.ts";
import { AnApp, aNewInstance, ENDS, WORKFLOW } from "../support/an-app.ts";
import { ManualClock, settled } from "../support/manual-clock.ts";
import { SharedMemoryStore } from "../support/shared-memory-store.ts";

const apps: AnApp[] = [];
function anApp(runningMax: number, store: Store = new MemoryStore(() => {}), clock = new ManualClock()): AnApp {
  const app = new AnApp({ store, clock, config: { load: { ...LOAD_LIMITS, runningMax } } });
  apps.push(app);
  return app;
}
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

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

const createAll = async (app: AnApp, ids: readonly string[]) => {
  for (const id of ids) {
    await app.create(id);
    await app.clock.advance(1);
  }
};

const SLEEPS: Operation = {
  kind: "startSleep",
  key: { kind: "sleep", name: "rest", count: 1 },
  end: { afterMs: 5_000 },
};

describe("an engine's limit of running instances", () => {
  it("lends no more than it says, over all workflows, and the next as soon as one ends", async () => {
    const app = anApp(2);
    await createAll(app, ["a", "b", "c"]);
    await app.app.callers.create({ ...WORKFLOW, workflow: "bye" }, aNewInstance("d"), null);
    const first = await takeAll(app, "session-a");
    expect(idsOf(first)).toEqual(["a", "b"]);

    const both = app.poll("session-b", { workflows: ["greet", "bye"] });
    await settled();
    expect(await app.status("c")).toBe("queued");
    await app.report("session-a", first[0]!.lease, 1, [ENDS]);

    expect(idsOf((await both).tasks)).toEqual(["c"]);
  });

  it("holds for what is created while a poll waits", async () => {
    const app = anApp(2);
    const polled = app.poll("session-a");
    await settled();
    await Promise.all(["a", "b", "c"].map((id) => app.create(id)));

    expect((await polled).tasks).toHaveLength(2);
    expect(await takeAll(app, "session-a")).toEqual([]);
    expect(await app.store.countLeased(10)).toBe(2);
  });

  it("does not count those that sleep; they queue when they wake and there is no room", async () => {
    const app = anApp(1);
    await createAll(app, ["a", "b"]);
    const [a] = await takeAll(app, "session-a");
    await app.report("session-a", a!.lease, 1, [SLEEPS], { park: true });
    const [b] = await takeAll(app, "session-a");
    expect(b?.lease.name.id).toBe("b");

    const woken = app.poll("session-a");
    await app.clock.advance(5_000);
    expect(await app.store.countLeased(10)).toBe(1);
    await app.report("session-a", b!.lease, 1, [ENDS]);

    expect(idsOf((await woken).tasks)).toEqual(["a"]);
  });

  it("counts what a process before it lent out", async () => {
    const store = new MemoryStore(() => {});
    const clock = new ManualClock();
    const before = anApp(10, store, clock);
    await createAll(before, ["a", "b", "c"]);
    const [task] = (await before.take("session-a", { slots: 1 })).tasks;
    await before.close();

    const after = anApp(2, store, clock);
    expect(idsOf(await takeAll(after, "session-b"))).toEqual(["b"]);
    await after.report("session-a", task!.lease, 1, [ENDS]);
    expect(idsOf(await takeAll(after, "session-b"))).toEqual(["c"]);
  });

  it("lends again what a lost worker had", async () => {
    const app = anApp(1);
    await createAll(app, ["a", "b"]);
    expect(await takeAll(app, "session-a")).toHaveLength(1);

    await app.clock.advance(60_000);

    expect(idsOf(await takeAll(app, "session-b"))).toEqual(["a"]);
  });

  it("holds beside a workflow's own", async () => {
    const app = anApp(2);
    await app.app.workflows.put(WORKFLOW, { ...NO_SETTINGS, concurrencyLimit: 3 });
    await createAll(app, ["a", "b", "c"]);
    const first = await takeAll(app, "session-a");
    expect(idsOf(first)).toEqual(["a", "b"]);

    await app.report("session-a", first[0]!.lease, 1, [ENDS]);

    expect(idsOf(await takeAll(app, "session-a"))).toEqual(["c"]);
  });

  it("holds over replicas, as of their last look", async () => {
    const store = new SharedMemoryStore(() => {});
    const clock = new ManualClock();
    const [a, b] = [anApp(3, store, clock), anApp(3, store, clock)];
    await createAll(a, ["1", "2", "3", "4", "5"]);
    const lent = await takeAll(a, "session-a");
    expect(lent).toHaveLength(3);
    await clock.advance(1_000);
    expect(await takeAll(b, "session-b")).toEqual([]);

    // The end is another replica's to see.
    await a.report("session-a", lent[0]!.lease, 1, [ENDS]);
    const polled = b.poll("session-b");
    await clock.advance(2_000);

    expect((await polled).tasks).toHaveLength(1);
    expect(await store.countLeased(10)).toBe(3);
  });
});
