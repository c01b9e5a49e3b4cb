import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NO_SETTINGS } from "../../services/engine/src/domain/workflow.ts";
import type { Store } from "../../services/engine/src/store/store.ts";
import { AnApp, ENDS, WORKFLOW } from "../support/an-app.ts";
import { ManualClock, settled } from "../support/manual-clock.ts";
import { SharedMemoryStore } from "../support/shared-memory-store.ts";

const MINUTE_MS = 60_000;
/** Each of its times is `TURN_MS` after the one before. */
const CRON = "*/2 * * * *";
const TURN_MS = 2 * MINUTE_MS;
const START = Date.UTC(2026, 0, 1);

let store: Store;
const apps: AnApp[] = [];
const anApp = (clock = new ManualClock(START)): AnApp => {
  const app = new AnApp({ clock, store });
  apps.push(app);
  return app;
};
beforeEach(() => {
  store = new SharedMemoryStore(() => {});
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

const put = (app: AnApp, ...schedules: readonly string[]) =>
  app.app.workflows.put(WORKFLOW, { ...NO_SETTINGS, schedules });

/** Ids of the instances there are, oldest first. */
async function made(): Promise<readonly string[]> {
  const query = { namespace: "default", workflow: null, statuses: [], createdFrom: null, createdBefore: null };
  const heads = await store.list({ ...query, after: null, limit: 1_000 });
  return heads.map(({ birth }) => birth.name.id).toReversed();
}

const idsOf = (...turns: readonly number[]) => turns.map((turn) => `${CRON}-${START + turn * TURN_MS}`);

describe("a schedule", () => {
  it("makes an instance at its time, not a millisecond before, and says so in the task", async () => {
    const app = anApp();
    await put(app, CRON);
    await app.clock.advance(TURN_MS - 1);
    expect(await made()).toEqual([]);
    const polled = app.poll("session-a");
    await app.clock.advance(1);

    expect(await made()).toEqual(idsOf(1));
    const [task] = (await polled).tasks;
    expect(task).toMatchObject({
      createdAt: START + TURN_MS,
      params: { form: "json", text: "{}" },
      schedule: { cron: CRON, dueAt: START + TURN_MS },
    });
  });

  it("makes one instance each time, whichever replicas run and however their clocks differ", async () => {
    const behind = anApp(new ManualClock(START - 3_000));
    const ahead = anApp(new ManualClock(START + 2_000));
    const right = anApp();
    await put(right, CRON);
    for (let step = 0; step < 3 * 8; step++) {
      for (const app of [behind, right, ahead]) await app.clock.advance(TURN_MS / 8);
    }
    await right.clock.advance(5_000);

    expect(await made()).toEqual(idsOf(1, 2, 3));
  });

  it("does not make an instance again that is gone", async () => {
    const [a, b] = [anApp(), anApp()];
    await put(a, CRON);
    await a.clock.advance(TURN_MS);
    await a.app.callers.delete({ ...WORKFLOW, id: idsOf(1)[0]! });
    await b.clock.advance(TURN_MS + MINUTE_MS);
    await anApp(new ManualClock(START + TURN_MS + 1)).clock.advance(MINUTE_MS);

    expect(await made()).toEqual([]);
  });

  it("makes up for the newest of the times that were missed, once", async () => {
    const before = anApp();
    await put(before, CRON, "1-59/2 * * * *");
    await before.close();
    const after = anApp(new ManualClock(START + 101 * TURN_MS - 5_000));
    await after.clock.advance(4_000);

    expect((await made()).toSorted()).toEqual([...idsOf(100), `1-59/2 * * * *-${START + 100.5 * TURN_MS}`]);
  });

  it("begins with its next time, ends when it is removed, and begins anew when it comes back", async () => {
    const app = anApp(new ManualClock(START + 1));
    await put(app, CRON);
    await app.clock.advance(TURN_MS);
    await put(app);
    await app.clock.advance(2 * TURN_MS);
    await put(app, CRON);
    await app.clock.advance(TURN_MS);
    await app.app.workflows.delete(WORKFLOW);
    await app.clock.advance(2 * TURN_MS);

    expect(await made()).toEqual(idsOf(1, 4));
  });

  it("goes beside a hundred others of its workflow that are due in the same minute", async () => {
    const app = anApp();
    // One that is due in a minute, written in a hundred ways.
    const schedules = Array.from({ length: 100 }, (_, n) => `1,${(n % 50) + 2} 0${n < 50 ? "" : "-23"} * * *`);
    await put(app, ...schedules);
    await app.clock.advance(MINUTE_MS);

    expect((await made()).toSorted()).toEqual(schedules.map((cron) => `${cron}-${START + MINUTE_MS}`).toSorted());
  });

  it("has its retention and step limit from the workflow, and its instances end as any", async () => {
    const app = anApp();
    const settings = { ...NO_SETTINGS, stepLimit: 3, retention: { successMs: 5_000, failureMs: null } };
    await app.app.workflows.put(WORKFLOW, { ...settings, schedules: [CRON] });
    await app.clock.advance(TURN_MS - 1_000);
    const polled = app.poll("session-a");
    await app.clock.advance(1_000);
    const [task] = (await polled).tasks;
    expect(task?.stepLimit).toBe(3);
    await app.report("session-a", task!.lease, 1, [ENDS]);

    await settled();
    const head = await store.head(task!.lease.name);
    expect(head?.index.purgeAt).toBe(app.clock.now() + 5_000);
  });
});
