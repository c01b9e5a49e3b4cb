import { availableParallelism } from "node:os";
import type { Outcome } from "../observation.ts";
import type { Scenario } from "../scenario.ts";
import { miniflarePeer } from "./peer.ts";

/** Runs scenarios in miniflare, as many at once as there are cores. */
export async function scenariosInMiniflare(scenarios: readonly Scenario[]): Promise<ReadonlyMap<Scenario, Outcome>> {
  const outcomes = new Map<Scenario, Outcome>();
  const line = [...scenarios];
  const workOff = async (): Promise<void> => {
    for (let scenario = line.shift(); scenario !== undefined; scenario = line.shift()) {
      const outcome = await miniflarePeer.run(scenario).catch((error: unknown) => ({ failed: String(error) }));
      outcomes.set(scenario, outcome);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, workOff));
  return outcomes;
}
