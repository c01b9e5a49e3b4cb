import { SCENARIOS } from "../../scenarios/index.ts";
import type { Observation } from "../observation.ts";
import { topicOf } from "../observed.ts";
import { perdurePeer } from "./peer.ts";

/** Runs the scenarios of one topic in Perdure and prints what was observed, as JSON by the scenario's name. */
const [topic] = process.argv.slice(2);
const observed: Record<string, Observation | { readonly failed: string }> = {};
const scenarios = SCENARIOS.filter(({ module }) => topicOf(module) === topic);

/** Scenarios that run side by side; each has an engine and a worker of its own. */
const SIDE_BY_SIDE = 4;

async function runNext(): Promise<void> {
  for (let scenario = scenarios.shift(); scenario !== undefined; scenario = scenarios.shift()) {
    observed[scenario.name] = await perdurePeer
      .run(scenario)
      .catch((error: unknown) => ({ failed: String(error instanceof Error ? error.stack : error) }));
  }
}

await Promise.all(Array.from({ length: SIDE_BY_SIDE }, runNext));
process.stdout.write(JSON.stringify(observed), () => process.exit(0));
