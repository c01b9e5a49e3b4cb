import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NO_SETTINGS } from "../../services/engine/src/domain/workflow.ts";
import { AnApp, completes, CONFIG, starts, WORKFLOW } from "../support/an-app.ts";
import { ManualClock, settled } from "../support/manual-clock.ts";
import { SharedMemoryStore } from "../support/shared-memory-store.ts";

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

const DAY_MS = 86_400_000;

describe("what is said of a workflow", () => {
  it("holds at once on the replica that was told, and within a second on the others", async () => {
    await a.create("before");
    await a.app.workflows.put(WORKFLOW, { ...NO_SETTINGS, retention: { successMs: DAY_MS, failureMs: null } });
    await a.create("told");
    await b.clock.advance(1_000);
    await b.create("heard");

    const retentions = await Promise.all(
      ["before", "told", "heard"].map(async (id) => (await a.store.head({ ...WORKFLOW, id }))?.birth.retention),
    );

    const { successMs, failureMs } = CONFIG.retention;
    expect(retentions).toEqual([
      { successMs, failureMs },
      { successMs: DAY_MS, failureMs },
      { successMs: DAY_MS, failureMs },
    ]);
  });

  it("gives way to what an instance says itself", async () => {
    await a.app.workflows.put(WORKFLOW, { ...NO_SETTINGS, retention: { successMs: DAY_MS, failureMs: DAY_MS } });
    await a.create("own", { retention: { successMs: 5_000, failureMs: null } });

    const head = await a.store.head({ ...WORKFLOW, id: "own" });
    expect(head?.birth.retention).toEqual({ successMs: 5_000, failureMs: DAY_MS });
  });

  it("bounds the steps of a run, in the task and in its reports", async () => {
    await a.app.workflows.put(WORKFLOW, { ...NO_SETTINGS, stepLimit: 1 });
    const polled = a.poll("session-a");
    await settled();
    await a.create("one");
    const [task] = (await polled).tasks;

    expect(task?.stepLimit).toBe(1);
    const lease = task!.lease;
    const report = await a.report("session-a", lease, 1, [starts("one", true), completes("one"), starts("two")]);
    expect(report).toMatchObject({ reason: "LIMIT_EXCEEDED" });
  });

  it("is replaced as a whole, and forgotten", async () => {
    await a.app.workflows.put(WORKFLOW, { ...NO_SETTINGS, stepLimit: 5, concurrencyLimit: 2 });
    await a.app.workflows.put(WORKFLOW, { ...NO_SETTINGS, stepLimit: 6 });

    expect(await b.app.workflows.get(WORKFLOW)).toMatchObject({
      said: { settings: { ...NO_SETTINGS, stepLimit: 6 }, at: a.clock.now() },
    });
    await b.app.workflows.delete(WORKFLOW);
    await b.app.workflows.delete(WORKFLOW);
    await expect(a.app.workflows.get(WORKFLOW)).rejects.toMatchObject({ reason: "WORKFLOW_NOT_FOUND" });
  });

  it("loses nothing when two replicas are told at once", async () => {
    const outcomes = await Promise.all(
      [a, b, a, b].map((app, n) => app.app.workflows.put(WORKFLOW, { ...NO_SETTINGS, stepLimit: n + 1 })),
    );

    const { said } = await a.app.workflows.get(WORKFLOW);
    expect(outcomes.map((view) => view.said)).toContainEqual(said);
  });
});

describe("a list of workflows", () => {
  it("has those with settings or instances, by name, with when they are due and how many instances there are", async () => {
    const bye = { ...WORKFLOW, workflow: "bye" };
    await a.app.workflows.put(bye, { ...NO_SETTINGS, schedules: ["0 * * * *"] });
    await a.create("1");
    await a.create("2");

    const listed = await a.app.workflows.list("default", "", 10);

    expect(listed).toMatchObject([
      { name: bye, next: [{ cron: "0 * * * *", dueAt: a.clock.now() + 3_600_000 }], counts: new Map() },
      { name: WORKFLOW, said: null, next: [], counts: new Map([["queued", 2]]) },
    ]);
    expect((await a.app.workflows.list("default", "bye", 10)).map(({ name }) => name)).toEqual([WORKFLOW]);
    expect(await a.app.workflows.list("default", "", 1)).toHaveLength(1);
    expect(await a.app.workflows.list("other", "", 10)).toEqual([]);
  });
});
