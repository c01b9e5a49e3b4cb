import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { DIFFERENCES } from "./differences.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import { programMismatches } from "./src/generated/compare.ts";
import type { Shown } from "./src/generated/direct.ts";
import { LEFT_OUT, programOf } from "./src/generated/generate.ts";
import { FAILURE_KINDS, VALUE_KINDS } from "./src/generated/program.ts";
import { digestOf, readRecorded, RECORDED } from "./src/generated/recorded.ts";
import { smallerThan } from "./src/generated/shrink.ts";
import { RULES } from "./src/generated/tracks.ts";
import { expectedOf, mismatches, OWN_WORDS, staleDifferences } from "./src/comparison.ts";
import type { Observation } from "./src/observation.ts";
import { readObserved, topicOf } from "./src/observed.ts";

const topics = [...new Set(SCENARIOS.map(({ module }) => topicOf(module)))];

describe("the scenarios", () => {
  it("have names of their own", () => {
    const names = SCENARIOS.map(({ name }) => name);

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("use every difference that is listed", () => {
    const used = [
      ...SCENARIOS.flatMap(({ differences = [] }) => differences.map(({ because }) => because)),
      ...LEFT_OUT,
      ...RULES,
    ];

    expect(Object.keys(DIFFERENCES).filter((name) => !new Set<string>(used).has(name))).toEqual([]);
  });
});

describe("the records of what miniflare does", () => {
  it("are kept in one file for each module", async () => {
    const files = await readdir(new URL("observed/", import.meta.url));

    expect(files.toSorted()).toEqual([...topics.map((topic) => `${topic}.json`), "programs.jsonl"].toSorted());
  });

  it.each(topics)("have one observation for each scenario: %s", async (topic) => {
    const scenarios = SCENARIOS.filter(({ module }) => topicOf(module) === topic);

    expect(Object.keys(await readObserved(topic))).toEqual(scenarios.map(({ name }) => name));
  });

  it.each(topics)("differ from Perdure in what is said to differ: %s", async (topic) => {
    const observed = await readObserved(topic);
    const scenarios = SCENARIOS.filter(({ module }) => topicOf(module) === topic);

    expect(scenarios.flatMap((scenario) => staleDifferences(scenario, observed[scenario.name]!))).toEqual([]);
  });
});

describe("random programs", () => {
  it("are the same for the same seed, and those that are recorded are still made", async () => {
    const recorded = await readRecorded();

    expect(recorded.map(({ seed, digest }) => [seed, digest])).toEqual(
      RECORDED.map((program) => [program.seed, digestOf(program)]),
    );
    expect(programOf(7)).toEqual(programOf(7));
  });

  it("are made of everything there is", () => {
    const programs = JSON.stringify(RECORDED);
    const acts = ["do", "nest", "fan", "sleep", "wait", "together", "try", "loop", "throw", "return"];
    const ways = ["all", "allSettled", "race", "any"];
    const interruptions = ["passes", "pauses", "unpauses", "resumes", "terminates", "restarts"];
    const words = [...acts, ...ways, ...interruptions, ...VALUE_KINDS, ...FAILURE_KINDS];

    expect(words.filter((word) => !programs.includes(`"${word}"`))).toEqual([]);
  });

  it("tell where two outcomes differ", () => {
    const shown: Shown = {
      status: "complete",
      output: null,
      error: null,
      answers: ["ok"],
      attempts: { "1 a-1": [1] },
      tracks: { workflow: ["workflow_queued"], branch: ["step_started a-1", "step_completed a-1"] },
    };

    expect(programMismatches(shown, structuredClone(shown))).toEqual([]);
    expect(programMismatches(shown, { ...shown, status: "errored" })).toHaveLength(1);
    expect(programMismatches(shown, { ...shown, attempts: { "1 a-1": [1, 2] } })).toHaveLength(1);
    expect(programMismatches(shown, { ...shown, tracks: { workflow: ["workflow_queued"] } })).toHaveLength(1);
    expect(programMismatches(shown, { failed: "stuck" })).toEqual(["Perdure: stuck"]);
  });

  it("become smaller by one act at a time, until none is left", () => {
    let smallest = RECORDED[0]!;
    for (let smaller = smallerThan(smallest); smaller.length > 0; smaller = smallerThan(smallest)) {
      expect(smaller.every((one) => JSON.stringify(one).length < JSON.stringify(smallest).length)).toBe(true);
      smallest = smaller[0]!;
    }

    expect(smallest).toMatchObject({ body: [], afterwards: [] });
  });
});

describe("comparing two observations", () => {
  const observed: Observation = {
    status: "errored",
    output: null,
    error: { name: "Error", message: "Error: no" },
    answers: ["ok"],
    effects: ["a-1 attempt 1"],
    attempts: { "a-1": [1] },
  };

  it("finds nothing where all fields are the same, in whatever order their keys are", () => {
    expect(mismatches(observed, { ...observed, error: { message: "Error: no", name: "Error" } })).toEqual([]);
  });

  it.each([
    ["status", "complete"],
    ["output", { a: [1] }],
    ["error", null],
    ["answers", ["ok", "ok"]],
    ["effects", []],
    ["attempts", { "a-1": [1, 2] }],
  ] as const)("tells when %s differs", (field, value) => {
    expect(mismatches(observed, { ...observed, [field]: value })).toEqual([
      `${field}: expected ${JSON.stringify(observed[field])}, seen ${JSON.stringify(value)}`,
    ]);
  });

  it("takes any words where the engine's own are expected, but not none", () => {
    const expected = { ...observed, error: { name: "Error", message: OWN_WORDS } };

    expect(mismatches(expected, observed)).toEqual([]);
    expect(mismatches(expected, { ...observed, error: { name: "Error", message: "" } })).toHaveLength(1);
    expect(mismatches(expected, { ...observed, error: { name: "TypeError", message: "no" } })).toHaveLength(1);
    expect(mismatches(expected, { ...observed, error: null })).toHaveLength(1);
  });

  it("expects what was observed, save for the fields of deliberate differences", () => {
    const differences = [{ because: "ownWords", perdure: { status: "complete", error: null } }] as const;
    const scenario = { name: "any", module: "any.ts", className: "Any", differences };

    expect(expectedOf(scenario, observed)).toEqual({ ...observed, status: "complete", error: null });
    expect(staleDifferences(scenario, observed)).toEqual([]);
    expect(staleDifferences(scenario, { ...observed, error: null })).toEqual([
      "any: ownWords names error, which is the same",
    ]);
  });
});
