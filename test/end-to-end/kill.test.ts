import { expect, it } from "vitest";
import { Deployment, soon } from "./support/deployment.ts";

const STEPS = 5;

// Invariants 1, 2 and 3. All at once: most of the time passes with waiting for leases to end.
it.concurrent.for([
  ["SQLite", "engine"],
  ["SQLite", "worker"],
  ["MongoDB", "engine"],
  ["MongoDB", "worker"],
] as const)(
  "on %s, an instance finishes though the %s is killed inside every step, after each, and at each boundary",
  { timeout: 600_000 },
  async ([store, victim], { onTestFinished }) => {
    const deployment = await Deployment.start(store, onTestFinished);
    const { client, ledger } = deployment;
    deployment.hold(1);
    const { id } = await client.workflow("LedgerWorkflow").create({ params: { ledger, steps: STEPS } });
    const callsWhenAcknowledged = new Map<number, number>();

    for (let n = 1; n <= STEPS; n++) {
      await soon(() => deployment.calls("enter", n) > 0);
      await deployment.kill(victim);
      if (n < STEPS) deployment.hold(n + 1);
      deployment.release(n);
      await soon(() => deployment.calls("leave", n) > 0);
      await deployment.kill(victim);
      await soon(() => deployment.isAcknowledged("LedgerWorkflow", id, n));
      callsWhenAcknowledged.set(n, deployment.calls("enter", n));
      await deployment.kill(victim);
    }

    const instance = await client.workflow("LedgerWorkflow").get(id);
    expect(await instance.result()).toEqual([1, 4, 9, 16, 25]);
    const calls = [...callsWhenAcknowledged.keys()].map((n) => [n, deployment.calls("enter", n)]);
    expect(calls).toEqual([...callsWhenAcknowledged]);
  },
);
