import { describe, expect, it } from "vitest";
import {
  FAILURE_TEXT_MAX,
  PAYLOAD_BYTES_MAX,
  RETRY_LIMIT_MAX,
  TIMER_MS_MAX,
} from "../../services/engine/src/domain/limits.ts";
import type { Backoff, StepConfig } from "../../services/engine/src/domain/step.ts";
import { aDo, CONFIG, fail, FAILURE, start } from "./support/operations.ts";
import { entriesOf, refusalOf, Story, T0 } from "./support/story.ts";

/** The attempts that fail, one after the other, and the delays between them. */
function delaysOf(config: Partial<StepConfig>, dynamicMs: readonly number[] = []): readonly number[] {
  const story = new Story().grant();
  story.report([start("a", { config: { ...CONFIG, ...config } })]);
  const delays: number[] = [];
  for (let attempt = 1; ; attempt++) {
    const retryDelayMs = dynamicMs[attempt - 1] ?? null;
    const [failed] = entriesOf(story.report([fail("a", { attempt, retryDelayMs })]));
    if (failed?.kind !== "stepFailed") throw new Error(`attempt ${attempt} did not fail`);
    if (failed.retryAt === null) return delays;
    delays.push(failed.retryAt - story.now);
    story.advance(failed.retryAt - story.now);
    story.report([start("a", { attempt: attempt + 1 })]);
  }
}

describe("a step that fails", () => {
  it.each([
    ["constant", [10, 10, 10]],
    ["linear", [10, 20, 30]],
    ["exponential", [10, 20, 40]],
  ] as const)("is tried again: limit 3 is four attempts, with %s back-off after %j", (backoff, delays) => {
    expect(delaysOf({ retryLimit: 3, retryDelayMs: 10, backoff })).toEqual(delays);
  });

  it("is not tried again with limit 0", () => {
    expect(delaysOf({ retryLimit: 0 })).toEqual([]);
  });

  it("takes the base delay from a delay function, each time anew", () => {
    expect(
      delaysOf(
        {
          retryLimit: 3,
          retryDelayMs: 10,
          backoff: "exponential",
          dynamicDelay: true,
          sensitive: false,
          rollback: false,
        },
        [1, 2, 3],
      ),
    ).toEqual([1, 4, 12]);
  });

  it.each<[Backoff, number]>([
    ["exponential", 0],
    ["linear", 0],
    ["exponential", 1],
  ])(
    "never waits for longer than 365 days, nor for no time at all: %s from %d ms, 2000 times",
    (backoff, retryDelayMs) => {
      const delays = delaysOf({ retryLimit: 2_000, retryDelayMs, backoff });

      expect(delays).toHaveLength(2_000);
      expect(delays.every((ms) => ms >= 0 && ms <= TIMER_MS_MAX)).toBe(true);
      expect(delays.at(-1)).toBe(retryDelayMs === 0 ? 0 : TIMER_MS_MAX);
    },
  );

  it("fails for good when it says so", () => {
    const story = new Story().grant();
    story.report([start("a")]);

    expect(entriesOf(story.report([fail("a", { final: true })]))).toEqual([
      { kind: "stepFailed", key: aDo("a"), attempt: 1, failure: FAILURE, retryAt: null },
    ]);
    expect(story.plain).toMatchObject({ open: [], finished: ["do:1:a"] });
  });

  it("waits out its delay, and only then is the next attempt due", () => {
    const story = new Story().grant();
    story.report([start("a")]);
    story.report([fail("a")], { park: true });
    expect(story.index).toMatchObject({ status: "waiting", readyAt: T0 + 10_000 });
    expect(story.open).toEqual([
      { status: "backingOff", key: aDo("a"), attempt: 2, config: CONFIG, dueAt: T0 + 10_000 },
    ]);
    expect(story.advance(9_999).move({ kind: "grant", session: "w1" }).record).toBeNull();
    const { record } = story.advance(1).move({ kind: "grant", session: "w1" });

    expect(record?.entries).toEqual([
      { kind: "retryDue", key: aDo("a"), attempt: 2 },
      { kind: "leaseGranted", epoch: 2, session: "w1" },
    ]);
    expect(refusalOf(() => story.report([start("a", { attempt: 1 })]))).toMatchObject({ reason: "JOURNAL_MISMATCH" });
    expect(story.report([start("a", { attempt: 2 })]).record).not.toBeNull();
  });

  it("cannot be started again before its time", () => {
    const story = new Story().grant();
    story.report([start("a")]);
    story.report([fail("a")]);

    expect(refusalOf(() => story.report([start("a", { attempt: 2 })]))).toMatchObject({
      message: 'step "a" (do, use 1) is backingOff and cannot start',
    });
  });

  it("keeps the config of its first start", () => {
    const story = new Story().grant();
    story.report([start("a", { config: { ...CONFIG, retryLimit: 1, retryDelayMs: 0 } })]);
    story.report([fail("a")]);
    story.report([start("a", { attempt: 2, config: { ...CONFIG, retryLimit: 99 } })]);

    expect(entriesOf(story.report([fail("a", { attempt: 2 })]))).toMatchObject([{ retryAt: null }]);
  });

  it("counts attempts that were lost with their lease", () => {
    const story = new Story().grant();
    story.report([start("a", { config: { ...CONFIG, retryLimit: 1 } })]);
    story.lose("expired");
    story.grant();
    story.report([start("a", { attempt: 2 })]);

    expect(entriesOf(story.report([fail("a", { attempt: 2 })]))).toMatchObject([{ attempt: 2, retryAt: null }]);
  });

  it("is never refused for what it says: long texts are cut, heavy details left out", () => {
    const story = new Story().grant();
    const long = "x".repeat(FAILURE_TEXT_MAX + 1);
    const details = { form: "bytes", bytes: new Uint8Array(PAYLOAD_BYTES_MAX + 1), kind: null } as const;
    const failure = { name: long, message: long, stack: long, details };
    story.report([start("a")]);
    const cut = long.slice(1);

    expect(entriesOf(story.report([fail("a", { failure, final: true })]))).toMatchObject([
      { failure: { name: cut, message: cut, stack: cut, details: null } },
    ]);
    expect(entriesOf(story.report([{ kind: "failInstance", failure }]))).toEqual([
      { kind: "instanceFailed", failure: { name: cut, message: cut, stack: cut, details: null } },
    ]);
  });
});

describe("a step's config", () => {
  it.each<Partial<StepConfig>>([
    { retryLimit: -1 },
    { retryLimit: 0.5 },
    { retryLimit: Number.NaN },
    { retryLimit: RETRY_LIMIT_MAX + 1 },
    { retryDelayMs: -1 },
    { retryDelayMs: Number.NaN },
    { retryDelayMs: TIMER_MS_MAX + 1 },
    { timeoutMs: -1 },
    { timeoutMs: Infinity },
  ])("is refused with %j", (wrong) => {
    const story = new Story().grant();

    expect(refusalOf(() => story.report([start("a", { config: { ...CONFIG, ...wrong } })]))).toMatchObject({
      reason: "INVALID_FIELD",
    });
  });

  it.each([-1, Number.NaN, Infinity, TIMER_MS_MAX + 1])(
    "is not saved by a delay function that gave %d ms",
    (retryDelayMs) => {
      const story = new Story().grant();
      story.report([start("a")]);

      expect(refusalOf(() => story.report([fail("a", { retryDelayMs })]))).toMatchObject({ reason: "INVALID_FIELD" });
    },
  );
});
