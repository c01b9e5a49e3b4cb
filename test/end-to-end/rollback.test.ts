import { readFileSync } from "node:fs";
import { StepKind } from "perdure/proto/perdure/v1/step_pb";
import { expect, it } from "vitest";
import { Deployment, soon } from "./support/deployment.ts";

const STEPS = 3;

// Invariants 1, 2 and 3, of what undoes steps.
it.concurrent.for(["SQLite", "MongoDB"] as const)(
  "on %s, a rollback ends though worker and engine are killed inside every handler",
  { timeout: 600_000 },
  async (store, { onTestFinished }) => {
    const deployment = await Deployment.start(store, onTestFinished);
    const { client, ledger } = deployment;
    for (let n = 1; n <= STEPS; n++) deployment.hold(n);
    const instance = await client.workflow("SagaWorkflow").create({ params: { ledger, steps: STEPS } });
    const callsWhenUndone: [number, number][] = [];
    for (let n = STEPS; n >= 1; n--) {
      await soon(() => deployment.calls("enter", n) > 0);
      await deployment.kill("worker");
      await deployment.kill("engine");
      deployment.release(n);
      await soon(() => deployment.isAcknowledged("SagaWorkflow", instance.id, n, StepKind.ROLLBACK));
      callsWhenUndone.push([n, deployment.calls("enter", n)]);
    }

    expect(await instance.waitForEnd()).toEqual({
      status: "errored",
      error: { name: "RangeError", message: "sold out" },
      output: null,
      rollback: { outcome: "complete", error: null },
    });
    const undone = readFileSync(ledger, "utf8").match(/(?<=leave )\d/g) ?? [];
    expect([...new Set(undone)]).toEqual(["3", "2", "1"]);
    expect(callsWhenUndone.map(([n]) => [n, deployment.calls("enter", n)])).toEqual(callsWhenUndone);
  },
);
