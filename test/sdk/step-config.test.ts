import { describe, expect, it } from "vitest";
import { isStepConfig, resolveStepConfig, RETRIES_MAX, TIMER_MS_MAX } from "perdure/step-config";
import type { WorkflowStepConfig } from "perdure/workflow-step";

const retries = { limit: 1, delay: 1 };
const delayFunction = () => 5;

describe("a step's config", () => {
  it.each([
    [{}],
    [{ retries }],
    [{ retries: undefined, timeout: undefined, sensitive: undefined }],
    [{ retries: { ...retries, backoff: undefined } }],
    [{ retries: { ...retries, backoff: "constant" } }],
    [{ retries: { ...retries, backoff: "linear" } }],
    [{ retries: { ...retries, backoff: "exponential" } }],
    [{ retries: { ...retries, limit: 0 } }],
    [{ retries: { ...retries, limit: 2.5 } }],
    [{ retries: { ...retries, limit: RETRIES_MAX } }],
    [{ retries: { ...retries, delay: 0 } }],
    [{ retries: { ...retries, delay: TIMER_MS_MAX } }],
    [{ retries: { ...retries, delay: "500" } }],
    [{ retries: { ...retries, delay: "5 parsecs" } }],
    [{ retries: { ...retries, delay: "-1 second" } }],
    [{ retries: { ...retries, delay: "365 days" } }],
    [{ retries: { ...retries, delay: delayFunction } }],
    [{ timeout: 1 }],
    [{ timeout: 0.5 }],
    [{ timeout: "500" }],
    [{ timeout: "0 seconds" }],
    [{ timeout: "-1 second" }],
    [{ timeout: "30 minutes" }],
    [{ sensitive: "output" }],
  ])("may be %j", (config) => {
    expect(isStepConfig(config)).toBe(true);
  });

  it.each([
    ["an unknown key", { retires: retries }],
    ["an unknown key in retries", { retries: { ...retries, jitter: true } }],
    ["an unknown key that is undefined", { retires: undefined }],
    ["retries without limit", { retries: { delay: 1 } }],
    ["retries without delay", { retries: { limit: 1 } }],
    ["retries that are null", { retries: null }],
    ["retries that are a number", { retries: 3 }],
    ["a negative limit", { retries: { ...retries, limit: -1 } }],
    ["limit NaN", { retries: { ...retries, limit: NaN } }],
    ["limit Infinity", { retries: { ...retries, limit: Infinity } }],
    ["a limit above the most", { retries: { ...retries, limit: RETRIES_MAX + 1 } }],
    ["a limit as text", { retries: { ...retries, limit: "3" } }],
    ["a negative delay", { retries: { ...retries, delay: -1 } }],
    ["delay NaN", { retries: { ...retries, delay: NaN } }],
    ["delay Infinity", { retries: { ...retries, delay: Infinity } }],
    ["a delay that parses to NaN", { retries: { ...retries, delay: "1s" } }],
    ["an empty delay", { retries: { ...retries, delay: "" } }],
    ["a delay that is an object", { retries: { ...retries, delay: {} } }],
    ["a delay beyond a year", { retries: { ...retries, delay: "366 days" } }],
    ["an unknown backoff", { retries: { ...retries, backoff: "cubic" } }],
    ["timeout 0", { timeout: 0 }],
    ['timeout "0"', { timeout: "0" }],
    ["a negative timeout", { timeout: -1 }],
    ["timeout NaN", { timeout: NaN }],
    ["timeout Infinity", { timeout: Infinity }],
    ["timeout null", { timeout: null }],
    ["a timeout that parses to NaN", { timeout: "soon" }],
    ["a timeout that is a function", { timeout: delayFunction }],
    ["a timeout beyond a year", { timeout: "2 years" }],
    ["an unknown sensitivity", { sensitive: "input" }],
    ["a string", "5 retries"],
    ["an array", []],
    ["null", null],
  ])("may not have %s", (_, config) => {
    expect(isStepConfig(config)).toBe(false);
  });

  it("has the documented defaults", () => {
    expect(resolveStepConfig({})).toEqual({
      config: { retries: { limit: 5, delay: 10_000, backoff: "exponential" }, timeout: "10 minutes" },
      delay: null,
      policy: {
        retryLimit: 5,
        retryDelayMs: 10_000,
        backoff: "exponential",
        timeoutMs: 600_000,
        dynamicDelay: false,
        sensitive: false,
        rollback: false,
      },
    });
  });

  it("replaces defaults key by key, and keeps durations as they were given", () => {
    const { config, policy } = resolveStepConfig({ retries: { limit: 3, delay: "2 seconds" }, sensitive: "output" });
    expect(config).toEqual({
      retries: { limit: 3, delay: "2 seconds", backoff: "exponential" },
      timeout: "10 minutes",
      sensitive: "output",
    });
    expect(policy).toMatchObject({ retryLimit: 3, retryDelayMs: 2000, timeoutMs: 600_000, sensitive: true });

    expect(resolveStepConfig({ timeout: "1 minute" })).toMatchObject({
      config: { retries: { limit: 5, delay: 10_000, backoff: "exponential" }, timeout: "1 minute" },
      policy: { timeoutMs: 60_000 },
    });
  });

  it("with a delay function leaves the delay out of what the callback sees", () => {
    const { config, delay, policy } = resolveStepConfig({
      retries: { limit: 1, delay: delayFunction, backoff: "linear" },
    });

    expect(config.retries).toEqual({ limit: 1, backoff: "linear" });
    expect(delay).toBe(delayFunction);
    expect(policy).toMatchObject({ dynamicDelay: true, backoff: "linear" });
  });

  it.each<[WorkflowStepConfig, object]>([
    [{ retries: { limit: 2.5, delay: 1 } }, { retryLimit: 2 }],
    [{ retries: { limit: 1, delay: "-1 second" } }, { retryDelayMs: 0 }],
    [{ timeout: "0 seconds" }, { timeoutMs: 1 }],
  ])("%j, is brought to what can be kept", (config, policy) => {
    expect(resolveStepConfig(config).policy).toMatchObject(policy);
  });
});
