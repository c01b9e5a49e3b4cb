import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { SCENARIOS } from "../differential/scenarios/index.ts";
import { expectedOf, mismatches } from "../differential/src/comparison.ts";
import type { Observation } from "../differential/src/observation.ts";
import { readObserved, topicOf } from "../differential/src/observed.ts";

const RUN = "test/differential/src/perdure/run.ts";
const topics = [...new Set(SCENARIOS.map(({ module }) => topicOf(module)))];

/** The same modules that were observed in miniflare, run in Perdure by its own loader in a process of their own. */
describe.each(topics)("what was observed in miniflare: %s", (topic) => {
  it("is seen in Perdure too, but for the listed differences", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [RUN, topic], { maxBuffer: 2 ** 26 });
    const seen = JSON.parse(stdout) as Readonly<Record<string, Observation | { readonly failed: string }>>;
    const observed = await readObserved(topic);
    const wrong = SCENARIOS.filter(({ module }) => topicOf(module) === topic).flatMap((scenario) => {
      const actual = seen[scenario.name]!;
      const found =
        "failed" in actual ? [actual.failed] : mismatches(expectedOf(scenario, observed[scenario.name]!), actual);
      if (scenario.awaits !== undefined)
        return found.length > 0 ? [] : [`${scenario.name}: passes; it no longer awaits`];
      return found.map((line) => `${scenario.name}: ${line}`);
    });
    expect(wrong).toEqual([]);
  });
});
