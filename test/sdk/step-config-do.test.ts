import { describe, expect, it } from "vitest";
import { WorkflowFatalError } from "perdure/errors";
import { resolveStepConfig } from "perdure/step-config";
import { type DoLimits, parseDo } from "perdure/step-config-do";

const callback = () => 1;
const rollback = async () => {};
const LIMITS: DoLimits = { steps: 1, stepsMax: 3 };
const DOCS = "See https://developers.cloudflare.com/workflows/build/sleeping-and-retrying/";

describe("the arguments of step.do", () => {
  it("are name and callback, with a config between them or without", () => {
    for (const args of [
      ["a", callback],
      ["a", {}, callback],
      ["a", null, callback],
      ["a", undefined, callback],
    ]) {
      expect(parseDo(args, LIMITS)).toMatchObject({ name: "a", callback, policy: { retryLimit: 5 } });
    }
    expect(parseDo(["a", { timeout: 5 }, callback], LIMITS)).toMatchObject({ policy: { timeoutMs: 5 } });
  });

  it.each(["", "a b", "a.b", "🚀", "\u007f", "x".repeat(256)])("may have the name %j", (name) => {
    expect(parseDo([name, callback], LIMITS).name).toBe(name);
  });

  it("may have a number for a name", () => {
    expect(parseDo([7, callback], LIMITS).name).toBe("7");
  });

  it.each([
    ["no callback", ["x"], 'Step "x" requires a callback function'],
    ["a config and no callback", ["x", {}], 'Step "x" requires a callback function'],
    ["something else for a callback", ["x", {}, "callback"], 'Step "x" requires a callback function'],
    ["neither name nor callback", [], 'Step "undefined" requires a callback function'],
    ["rollback options null", ["x", callback, null], 'Rollback options for "x" must be an object'],
    ["rollback options that are an array", ["x", {}, callback, []], 'Rollback options for "x" must be an object'],
    ["rollback options that are a function", ["x", callback, rollback], 'Rollback options for "x" must be an object'],
    ["rollback options without rollback", ["x", callback, {}], 'Rollback for "x" must be a function'],
    ["a rollback that is none", ["x", {}, callback, { rollback: 1 }], 'Rollback for "x" must be a function'],
    [
      "a bad rollback config",
      ["x", callback, { rollback, rollbackConfig: { timeout: 0 } }],
      `Rollback config for "x" is in a invalid format. ${DOCS}`,
    ],
    [
      "a rollback config that is null",
      ["x", callback, { rollback, rollbackConfig: null }],
      `Rollback config for "x" is in a invalid format. ${DOCS}`,
    ],
    [
      "a long name",
      ["x".repeat(257), callback],
      `Step name "${"x".repeat(257)}" exceeds max length (256 chars) or invalid characters found`,
    ],
    [
      "a control character in the name",
      ["a\nb", callback],
      'Step name "a\nb" exceeds max length (256 chars) or invalid characters found',
    ],
    ["a bad config", ["x", { retires: 1 }, callback], `Step config for "x" is in a invalid format. ${DOCS}`],
    ["a config that is a number", ["x", 5, callback], `Step config for "x" is in a invalid format. ${DOCS}`],
  ])("with %s are refused", (_, args, message) => {
    expect(refusalOf(args)).toEqual({ name: "WorkflowFatalError", message });
  });

  it("beyond the limit of steps are refused", () => {
    expect(parseDo(["x", callback], { steps: 3, stepsMax: 3 }).name).toBe("x");
    expect(refusalOf(["x", callback], { steps: 4, stepsMax: 3 })).toEqual({
      name: "WorkflowFatalError",
      message: "The limit of 3 steps has been reached. This limit can be changed in your worker configuration.",
    });
  });

  it("inside a rollback are refused", () => {
    expect(refusalOf(["x", callback], { ...LIMITS, rollingBack: true })).toEqual({
      name: "WorkflowFatalError",
      message: "Cannot execute steps during rollback phase",
    });
  });

  it("with a rollback say how to undo the step, with defaults of its own", () => {
    const config = { retries: { limit: 1, delay: 5 }, timeout: 7 };
    const call = parseDo(["x", config, callback, { rollback, rollbackConfig: { timeout: "1 minute" } }], LIMITS);

    expect(call.policy).toMatchObject({ retryLimit: 1, timeoutMs: 7, rollback: true });
    expect(call.rollback).toEqual({ handler: rollback, resolved: resolveStepConfig({ timeout: "1 minute" }) });
    expect(parseDo(["x", callback, { rollback }], LIMITS).rollback?.resolved).toEqual(resolveStepConfig({}));
    expect(parseDo(["x", callback, undefined], LIMITS)).toMatchObject({ rollback: null, policy: { rollback: false } });
  });

  it("without a name are a TypeError", () => {
    for (const name of [undefined, null, {}, true]) expect(() => parseDo([name, callback], LIMITS)).toThrow(TypeError);
  });

  it("are checked in the model's order", () => {
    const wrong = { name: "\n", config: { timeout: 0 } };
    const late: DoLimits = { steps: 4, stepsMax: 3, rollingBack: true };
    const messages = [
      refusalOf([wrong.name, wrong.config, null, []], late),
      refusalOf([wrong.name, wrong.config, callback, []], late),
      refusalOf([wrong.name, wrong.config, callback], late),
      refusalOf([wrong.name, wrong.config, callback], { ...late, rollingBack: false }),
      refusalOf([wrong.name, wrong.config, callback]),
      refusalOf(["x", wrong.config, callback, { rollback }]),
    ].map((refusal) => refusal?.message.split(/ "| steps|\.| during/)[0]);

    expect(messages).toEqual([
      "Step",
      "Rollback options for",
      "Cannot execute",
      "The limit of 3",
      "Step name",
      "Step config for",
    ]);
  });
});

function refusalOf(args: readonly unknown[], limits = LIMITS): { name: string; message: string } | undefined {
  try {
    parseDo(args, limits);
    return undefined;
  } catch (error) {
    if (!(error instanceof WorkflowFatalError)) throw error;
    return { name: error.name, message: error.message };
  }
}
