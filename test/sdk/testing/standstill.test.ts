import { describe, expect, it } from "vitest";
import { STANDSTILL_MS } from "../../../sdk/typescript/src/testing/standstill.ts";
import { startTestEngine } from "../../../sdk/typescript/src/testing/test-engine.ts";
import type { TimeMode } from "../../../sdk/typescript/src/testing.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { SILENT } from "../worker/support/memory-engine.ts";
import { type Script, workflow } from "../worker/support/world.ts";
import { ATestEngine } from "./support/a-test-engine.ts";

const APPROVAL: Script = async (_event, step) =>
  Promise.race([step.sleep("reminder", "1 day"), step.waitForEvent("approval", { type: "approved" })]);

/** A test engine, what it warns of, and the time that a test takes. */
async function anEngine(script: Script, time: TimeMode = "skip") {
  const warnings: unknown[] = [];
  const patience = new ManualClock();
  const log = { ...SILENT, warn: (fields: object, message: string) => warnings.push({ ...fields, message }) };
  const engine = await startTestEngine({ workflows: { w: workflow(script) }, time, log }, patience);
  return { test: new ATestEngine(engine), engine, patience, warnings };
}

describe("a test that waits for what will not happen by itself", () => {
  it("is told once what each instance waits for, and what to do", async () => {
    const { test, engine, patience, warnings } = await anEngine(APPROVAL);
    await using _ = engine;
    const instance = await test.introspect();
    const handle = await test.create();
    await instance.waitForStatus("waiting");
    await patience.advance(STANDSTILL_MS - 1);
    expect(warnings).toEqual([]);
    await patience.advance(1);
    await handle.sendEvent({ type: "other" });
    await patience.advance(STANDSTILL_MS);

    expect(warnings).toEqual([
      {
        instances: ['w/i: sleep "reminder", event approved ("approval")'],
        message: "time stands still: send the events that are waited for, or call advance()",
      },
    ]);
  });

  it("is told in manual time too", async () => {
    const { test, engine, patience, warnings } = await anEngine((_event, step) => step.sleep("nap", 5), "manual");
    await using _ = engine;
    const instance = await test.introspect();
    await test.create();
    await instance.waitForStatus("waiting");
    await patience.advance(STANDSTILL_MS);

    expect(warnings).toMatchObject([{ instances: ['w/i: sleep "nap"'] }]);
  });

  it("is told nothing when something happens in time, or nothing is waited for", async () => {
    const { test, engine, patience, warnings } = await anEngine(APPROVAL);
    await using _ = engine;
    const instance = await test.introspect();
    const handle = await test.create();
    await instance.waitForStatus("waiting");
    await patience.advance(STANDSTILL_MS - 1);
    await handle.sendEvent({ type: "approved" });
    await test.result();
    await patience.advance(STANDSTILL_MS);

    expect(warnings).toEqual([]);
  });
});
