import { expect, it } from "vitest";
import type { WorkflowEvent } from "../../../sdk/typescript/src/workflow.ts";
import type { WorkflowStep } from "../../../sdk/typescript/src/workflow-step.ts";
import { World } from "./support/world.ts";

const DAY_MS = 86_400_000;

it("tells run which schedule made the instance, on each pass and after a restart, and others nothing", async () => {
  const world = new World();
  const seen: WorkflowEvent[] = [];
  const script = async (event: WorkflowEvent, step: WorkflowStep) => {
    seen.push(event);
    await step.waitForEvent("go on", { type: "go" });
  };
  // Nothing is kept in memory: each wake is a replay.
  await world.serve(script, { cacheSize: 0 });
  await world.engine.schedule("0 0 * * *");
  world.engine.clock.pass(DAY_MS);
  await expect.poll(() => seen.length).toBe(1);
  await world.engine.schedule();
  const id = seen[0]!.instanceId;
  const [cron, scheduledTime] = [id.slice(0, id.lastIndexOf("-")), Number(id.slice(id.lastIndexOf("-") + 1))];

  await world.until("parked", id);
  await world.engine.sendEvent(id, "go", null);
  await world.end(id);
  await world.engine.command(id, "restart");
  await expect.poll(() => seen.length).toBe(3);
  await world.create("by-a-caller");
  await expect.poll(() => seen.length).toBe(4);

  expect(cron).toBe("0 0 * * *");
  expect(scheduledTime % DAY_MS).toBe(0);
  expect(seen.slice(0, 3).map(({ schedule, payload }) => ({ schedule, payload }))).toEqual(
    Array.from({ length: 3 }, () => ({ schedule: { cron, scheduledTime }, payload: {} })),
  );
  expect(seen[0]!.timestamp.getTime()).toBeGreaterThanOrEqual(scheduledTime);
  expect(Object.keys(seen[3]!)).not.toContain("schedule");
});
