import { afterEach, describe, expect, it } from "vitest";
import { LOAD_LIMITS, type LoadLimits } from "../../services/engine/src/domain/limits.ts";
import { NO_SETTINGS } from "../../services/engine/src/domain/workflow.ts";
import { MemoryStore } from "../../services/engine/src/store/memory/memory-store.ts";
import type { Store } from "../../services/engine/src/store/store.ts";
import { aNewInstance, AnApp, WORKFLOW } from "../support/an-app.ts";
import { ManualClock, settled } from "../support/manual-clock.ts";
import { SharedMemoryStore } from "../support/shared-memory-store.ts";

const apps: AnApp[] = [];
function anApp(load: Partial<LoadLimits>, store: Store = new MemoryStore(() => {}), clock = new ManualClock()): AnApp {
  const app = new AnApp({ store, clock, config: { load: { ...LOAD_LIMITS, ...load } } });
  apps.push(app);
  return app;
}
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

const BYE = { ...WORKFLOW, workflow: "bye" };
const createBye = (app: AnApp, id: string) => app.app.callers.create(BYE, aNewInstance(id), null);

/** A memory store that notes how often instances are counted. */
class CountedStore extends MemoryStore {
  looks = 0;

  override countByStatus(...args: Parameters<MemoryStore["countByStatus"]>) {
    this.looks += 1;
    return super.countByStatus(...args);
  }
}

describe("a limit of creations a second", () => {
  const refusal = (limit: number, retryDelayMs: number) => ({
    reason: "LIMIT_EXCEEDED",
    metadata: { limitCreationsPerSecond: String(limit), retryDelayMs: String(retryDelayMs) },
  });

  it("refuses what is beyond, says when there is room, and lets it in then", async () => {
    const app = anApp({ creationsPerSecond: 2 });
    await app.create("a");
    await createBye(app, "b");
    await expect(app.create("c")).rejects.toMatchObject(refusal(2, 500));
    await app.clock.advance(499);
    await expect(app.create("c")).rejects.toMatchObject(refusal(2, 1));
    await app.clock.advance(1);

    await app.create("c");
    await expect(app.create("d")).rejects.toMatchObject(refusal(2, 500));
  });

  it("counts restarts, from a step too", async () => {
    const app = anApp({ creationsPerSecond: 2 });
    await app.create("a");
    const name = { ...WORKFLOW, id: "a" };
    await app.app.callers.command(name, "restart");

    await expect(app.app.callers.command(name, "restart")).rejects.toMatchObject(refusal(2, 500));
    const from = { kind: "do", name: "draw", count: 1 } as const;
    await expect(app.app.callers.restartFrom(name, from)).rejects.toMatchObject(refusal(2, 500));
    await app.app.callers.command(name, "pause");
  });

  it("of each workflow leaves the others alone, and its refusals use nothing of the engine's", async () => {
    const app = anApp({ creationsPerSecond: 3, creationsPerSecondPerWorkflow: 1 });
    await app.create("a");
    await expect(app.create("b")).rejects.toMatchObject(refusal(1, 1_000));
    await expect(app.create("b")).rejects.toMatchObject(refusal(1, 1_000));

    await createBye(app, "a");
    await app.app.callers.create({ ...WORKFLOW, workflow: "third" }, aNewInstance("a"), null);
    const fourth = app.app.callers.create({ ...WORKFLOW, workflow: "fourth" }, aNewInstance("a"), null);
    await expect(fourth).rejects.toMatchObject(refusal(3, 334));
  });

  it("lets in what fits of a batch", async () => {
    const app = anApp({ creationsPerSecond: 2 });
    const outcomes = await app.app.callers.createMany(WORKFLOW, ["a", "b", "c"].map(aNewInstance), null);

    expect(outcomes.map((each) => ("reason" in each ? each.reason : each.name.id))).toEqual([
      "a",
      "b",
      "LIMIT_EXCEEDED",
    ]);
  });

  it("does not keep a schedule from its time", async () => {
    const app = anApp(
      { creationsPerSecond: 1, queuedMax: 1 },
      undefined,
      new ManualClock(Date.UTC(2026, 0, 1, 0, 0, 59)),
    );
    await app.app.workflows.put(WORKFLOW, { ...NO_SETTINGS, schedules: ["* * * * *"] });
    await app.create("a");
    await app.clock.advance(1_000);

    expect(await app.store.countByStatus(WORKFLOW)).toEqual(new Map([["queued", 2]]));
  });
});

describe("a limit of queued instances", () => {
  const full = { reason: "LIMIT_EXCEEDED", metadata: { limitInstances: "2", retryDelayMs: "1000" } };

  it("refuses one more of that workflow until the queue is shorter", async () => {
    const app = anApp({ queuedMax: 2 });
    await app.create("a");
    await app.create("b");
    await expect(app.create("c")).rejects.toMatchObject(full);
    await createBye(app, "c");

    await app.app.callers.command({ ...WORKFLOW, id: "a" }, "terminate");
    await app.clock.advance(1_000);

    await app.create("c");
    await expect(app.create("d")).rejects.toMatchObject(full);
  });

  it("lets in what a worker takes at once", async () => {
    const app = anApp({ queuedMax: 2 });
    await app.create("a");
    await app.create("b");
    const polled = app.poll("session-a", { workflows: ["greet"], slots: 10 });
    await settled();
    expect((await polled).tasks).toHaveLength(2);
    const again = app.poll("session-a");
    await settled();

    await app.create("c");

    expect((await again).tasks).toHaveLength(1);
  });

  it("holds over replicas, as of their last look", async () => {
    const store = new SharedMemoryStore(() => {});
    const clock = new ManualClock();
    const [a, b] = [anApp({ queuedMax: 2 }, store, clock), anApp({ queuedMax: 2 }, store, clock)];
    await a.create("a");
    await b.create("b");
    // This has both look.
    await a.create("c");
    await b.create("d");
    await clock.advance(1_000);

    await expect(a.create("e")).rejects.toMatchObject(full);
    await expect(b.create("e")).rejects.toMatchObject(full);
  });

  it("has instances counted only when many are created, and at most once a second", async () => {
    const store = new CountedStore(() => {});
    const app = anApp({ queuedMax: 20_000 }, store);
    for (let n = 0; n < 1_000; n++) await app.create(`i${n}`);
    expect(store.looks).toBe(0);
    for (let n = 1_000; n < 5_000; n++) await app.create(`i${n}`);
    expect(store.looks).toBe(1);
    await app.clock.advance(1_000);
    await app.create("one");
    await app.create("more");
    expect(store.looks).toBe(2);
  });
});
