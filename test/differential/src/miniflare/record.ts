// Runs all scenarios and the recorded programs in miniflare. `npm run record` writes what was observed; `npm run verify`
// compares with it instead. Names of topics, "programs" among them, choose some.
import { isDeepStrictEqual } from "node:util";
import { SCENARIOS } from "../../scenarios/index.ts";
import { programMismatches } from "../generated/compare.ts";
import type { Shown } from "../generated/direct.ts";
import type { Program } from "../generated/program.ts";
import { readRecorded, RECORDED, writeRecorded } from "../generated/recorded.ts";
import type { Observation } from "../observation.ts";
import { readObserved, topicOf, writeObserved } from "../observed.ts";
import { programsInMiniflare } from "./programs.ts";
import { scenariosInMiniflare } from "./scenarios.ts";

const verifying = process.argv.includes("--verify");
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const isWanted = (topic: string): boolean => wanted.length === 0 || wanted.includes(topic);
const failures: string[] = [];

const observed = await ofScenarios();
const shown = isWanted("programs") ? await ofPrograms() : 0;
for (const failure of failures) console.error(`✗ ${failure}`);
const done = verifying ? "compared with their records" : "observed";
console.log(`${observed} scenarios and ${shown} programs ${done}, ${failures.length} failures`);
process.exit(failures.length > 0 || observed + shown === 0 ? 1 : 0);

async function ofScenarios(): Promise<number> {
  const chosen = SCENARIOS.filter(({ module }) => isWanted(topicOf(module)));
  const outcomes = await scenariosInMiniflare(chosen);
  for (const topic of new Set(chosen.map(({ module }) => topicOf(module)))) {
    const now: Record<string, Observation> = {};
    const failed: string[] = [];
    for (const [scenario, outcome] of outcomes) {
      if (topicOf(scenario.module) !== topic) continue;
      if ("failed" in outcome) failed.push(`${scenario.name}\n  ${outcome.failed}`);
      else now[scenario.name] = outcome;
    }
    failures.push(...failed);
    if (verifying) failures.push(...changes(await readObserved(topic), now));
    else if (failed.length === 0) await writeObserved(topic, inOrder(now));
  }
  return chosen.length;
}

function inOrder(observations: Readonly<Record<string, Observation>>) {
  return Object.fromEntries(
    SCENARIOS.filter(({ name }) => name in observations).map(({ name }) => [name, observations[name]!]),
  );
}

function changes(before: Readonly<Record<string, Observation>>, now: Readonly<Record<string, Observation>>) {
  return Object.entries(now)
    .filter(([name, observation]) => !isDeepStrictEqual(before[name], observation))
    .map(
      ([name, observation]) =>
        `${name}\n  recorded ${JSON.stringify(before[name])}\n  observed ${JSON.stringify(observation)}`,
    );
}

async function ofPrograms(): Promise<number> {
  const outcomes = await programsInMiniflare(RECORDED);
  const now = new Map<Program, Shown>();
  for (const program of RECORDED) {
    const outcome = outcomes.get(program)!;
    if ("failed" in outcome) failures.push(`program ${program.seed}\n  ${outcome.failed}`);
    else now.set(program, outcome);
  }
  if (verifying) {
    for (const { seed, shown } of await readRecorded()) {
      const program = RECORDED.find((one) => one.seed === seed);
      const outcome = program && outcomes.get(program);
      if (outcome !== undefined)
        failures.push(...programMismatches(shown, outcome).map((line) => `program ${seed}\n  ${line}`));
    }
  } else if (now.size === RECORDED.length) await writeRecorded(now);
  return now.size;
}
