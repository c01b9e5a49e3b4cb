import { afterEach, describe, expect, it } from "vitest";
import type { LifecycleEvent } from "../../services/engine/src/domain/lifecycle-event.ts";
import { aNewInstance, AnApp, ENDS, WORKFLOW } from "../support/an-app.ts";
import { ManualClock, settled } from "../support/manual-clock.ts";
import { SharedMemoryStore } from "../support/shared-memory-store.ts";

const apps: AnApp[] = [];
const anApp = (options?: ConstructorParameters<typeof AnApp>[0]): AnApp => {
  const app = new AnApp(options);
  apps.push(app);
  return app;
};
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));

const LEAVES = new AbortController().signal;

/** What a watch tells, as "id type", from the moment that this resolves. */
async function watched({ app }: AnApp, workflow: string | null = "greet") {
  const told: string[] = [];
  const events = app.workflows.watch({ namespace: "default", workflow }, LEAVES)[Symbol.asyncIterator]();
  await events.next();
  const read = async (): Promise<void> => {
    for (let next = await events.next(); next.done !== true; next = await events.next()) {
      told.push(...next.value.map(({ name, type }: LifecycleEvent) => `${name.id} ${type}`));
    }
  };
  read().catch((error: { readonly reason: string }) => told.push(error.reason));
  return told;
}

describe("a watch of workflows", () => {
  it("tells each turn in an instance's life: queued, started, paused, started again, ended", async () => {
    const replica = anApp();
    const told = await watched(replica);

    await replica.create("a");
    await replica.app.callers.command({ ...WORKFLOW, id: "a" }, "pause");
    await replica.app.callers.command({ ...WORKFLOW, id: "a" }, "resume");
    const { tasks } = await replica.take("worker");
    await replica.report("worker", tasks[0]!.lease, 1, [ENDS]);
    await settled();

    // Resumed before a worker had it: both are a start.
    expect(told).toEqual(["a queued", "a paused", "a started", "a started", "a completed"]);
  });

  it("tells of a hand-over with the creation, a failure, a termination, and a restart", async () => {
    const replica = anApp();
    const told = await watched(replica);
    const polled = replica.poll("worker");
    await settled();

    await replica.create("a");
    const { tasks } = await polled;
    const failure = { name: "Error", message: "no", stack: null, details: null };
    await replica.report("worker", tasks[0]!.lease, 1, [{ kind: "failInstance", failure }]);
    await replica.app.callers.command({ ...WORKFLOW, id: "a" }, "restart");
    await replica.app.callers.command({ ...WORKFLOW, id: "a" }, "terminate");
    await settled();

    expect(told).toEqual(["a queued", "a started", "a errored", "a queued", "a terminated"]);
  });

  it("does not tell of other workflows and namespaces, unless of all that a namespace has", async () => {
    const replica = anApp();
    const [one, all] = [await watched(replica, "other"), await watched(replica, null)];

    await replica.create("a");
    await replica.app.callers.create({ namespace: "else", workflow: "other" }, aNewInstance("b"), null);
    await settled();

    expect(one).toEqual([]);
    expect(all).toEqual(["a queued"]);
  });

  it("finds what another replica wrote: its creation, its pause, its end", async () => {
    const clock = new ManualClock();
    const store = new SharedMemoryStore(() => {});
    const [here, there] = [1, 2].map(() => anApp({ clock, store }));
    await there!.create("old");
    const told = await watched(here!);

    await there!.create("a");
    await clock.advance(2_000);
    expect(told).toEqual(["a queued"]);

    await there!.app.callers.command({ ...WORKFLOW, id: "old" }, "pause");
    await clock.advance(2_000);
    await there!.app.callers.command({ ...WORKFLOW, id: "a" }, "terminate");
    await clock.advance(2_000);
    await clock.advance(10_000);

    expect(told).toEqual(["a queued", "old paused", "a terminated"]);
  });

  it("ends when its replica does, and says so", async () => {
    const replica = anApp();
    const told = await watched(replica);

    replica.app.drain();
    await settled();

    expect(told).toEqual(["SHUTTING_DOWN"]);
  });

  it("ends for a reader that is too slow, instead of keeping events for ever", async () => {
    const replica = anApp();
    const events = replica.app.workflows.watch({ namespace: "default", workflow: null }, LEAVES);
    const reader = events[Symbol.asyncIterator]();
    await reader.next();
    for (let number = 0; number <= 10_000; number += 1) await replica.create(`i${number}`);

    await expect(reader.next()).rejects.toMatchObject({ reason: "LIMIT_EXCEEDED" });
  });
});
