import { describe, expect, it } from "vitest";
import type { WorkflowInstanceSubscribeOptions } from "../../../../sdk/typescript/src/client/subscription/event.ts";
import { parseSubscribeOptions } from "../../../../sdk/typescript/src/client/subscription/options.ts";

const parse = (options: unknown) => parseSubscribeOptions(options as WorkflowInstanceSubscribeOptions | undefined);

describe("the options of subscribe", () => {
  it.each([undefined, {}, { cursor: undefined, filter: undefined }])("%o mean all events", (options) => {
    const wanted = parse(options);
    expect([wanted.cursor, wanted.has("workflow_queued"), wanted.has("rollback_errored")]).toEqual([0, true, true]);
  });

  it("take a cursor and types of events", () => {
    const wanted = parse({ cursor: 7, filter: ["step_completed"] });
    expect([wanted.cursor, wanted.has("step_completed"), wanted.has("step_started")]).toEqual([7, true, false]);
  });

  it("hide all with no types", () => {
    expect(parse({ filter: [] }).has("workflow_completed")).toBe(false);
  });

  it("are read once: a list that changes later changes nothing", () => {
    const filter = ["step_completed"];
    const wanted = parse({ filter });
    filter.push("step_started");
    expect(wanted.has("step_started")).toBe(false);
  });

  it.each([
    null,
    7,
    "workflow_queued",
    [],
    { cursor: -1 },
    { cursor: 1.5 },
    { cursor: "1" },
    { cursor: null },
    { cursor: 2 ** 60 },
    { cursor: NaN },
    { filter: "workflow_queued" },
    { filter: null },
    { filter: ["workflow_done"] },
    { filter: ["toString"] },
    { filter: [7] },
    { since: 1 },
    { cursor: 1, signal: undefined },
  ])("refuse %o", (options) => {
    expect(() => parse(options)).toThrow(new Error("Invalid Workflow subscription options"));
  });
});
