// Runs all scenarios in miniflare. `npm run record` writes what was observed; `npm run verify` compares with it instead.
import { availableParallelism } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { SCENARIOS } from "../../scenarios/index.ts";
import type { Observation } from "../observation.ts";
import { readObserved, topicOf, writeObserved } from "../observed.ts";
import type { Scenario } from "../scenario.ts";
import { miniflarePeer } from "./peer.ts";

const verifying = process.argv.includes("--verify");
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const chosen = SCENARIOS.filter(({ module }) => wanted.length === 0 || wanted.includes(topicOf(module)));
const observed = new Map<Scenario, Observation>();
const failures: string[] = [];

/** Takes scenarios from one line until it is empty; as many of these as there are cores work it off. */
async function workOff(line: Scenario[]): Promise<void> {
  for (let scenario = line.shift(); scenario !== undefined; scenario = line.shift()) {
    try {
      observed.set(scenario, await miniflarePeer.run(scenario));
    } catch (error) {
      failures.push(`${scenario.name}\n  ${String(error)}`);
    }
  }
}

const line = [...chosen];
await Promise.all(Array.from({ length: availableParallelism() }, () => workOff(line)));

for (const topic of new Set(chosen.map(({ module }) => topicOf(module)))) {
  const ofTopic = chosen.filter((scenario) => topicOf(scenario.module) === topic);
  const seen = ofTopic.filter((scenario) => observed.has(scenario));
  const now = Object.fromEntries(seen.map((scenario) => [scenario.name, observed.get(scenario)!]));
  if (verifying) {
    const before = await readObserved(topic);
    for (const [name, observation] of Object.entries(now)) {
      if (!isDeepStrictEqual(before[name], observation)) {
        failures.push(`${name}\n  recorded ${JSON.stringify(before[name])}\n  observed ${JSON.stringify(observation)}`);
      }
    }
  } else if (seen.length === ofTopic.length) {
    await writeObserved(topic, now);
  }
}

for (const failure of failures) console.error(`✗ ${failure}`);
console.log(
  `${observed.size} scenarios ${verifying ? "compared with their records" : "observed"}, ${failures.length} failures`,
);
if (failures.length > 0 || observed.size === 0) process.exitCode = 1;
