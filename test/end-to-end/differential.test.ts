import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { programMismatches } from "../differential/src/generated/compare.ts";
import { readRecorded, RECORDED } from "../differential/src/generated/recorded.ts";
import { SCENARIOS } from "../differential/scenarios/index.ts";
import { wrongsOf } from "../differential/src/comparison.ts";
import type { Outcome } from "../differential/src/observation.ts";
import { readObserved, topicOf } from "../differential/src/observed.ts";
import { programsInPerdureProcess } from "../differential/src/perdure/programs-process.ts";

const RUN = "test/differential/src/perdure/run.ts";
const topics = [...new Set(SCENARIOS.map(({ module }) => topicOf(module)))];

/** The same modules that were observed in miniflare, run in Perdure by its own loader in a process of their own. */
describe.each(topics)("what was observed in miniflare: %s", (topic) => {
  it("is seen in Perdure too, but for the listed differences", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [RUN, topic], { maxBuffer: 2 ** 26 });
    const seen = JSON.parse(stdout) as Readonly<Record<string, Outcome>>;
    const observed = await readObserved(topic);
    const scenarios = SCENARIOS.filter(({ module }) => topicOf(module) === topic);

    expect(scenarios.flatMap((scenario) => wrongsOf(scenario, observed[scenario.name]!, seen[scenario.name]!))).toEqual(
      [],
    );
  });
});

/** Most of its time it waits for sleeps, retries and time-outs. */
describe("random programs that were observed in miniflare", () => {
  it("show the same in Perdure", async () => {
    const recorded = await readRecorded();
    const seen = await programsInPerdureProcess(RECORDED);
    const wrong = recorded.flatMap(({ seed, shown }, index) =>
      programMismatches(shown, seen[index]!).map((line) => `program ${seed}: ${line}`),
    );

    expect(wrong).toEqual([]);
  }, 300_000);
});
