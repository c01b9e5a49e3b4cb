import type { Move, Scenario } from "../src/scenario.ts";
import type { Plan, PlannedStep } from "../workflows/rollback.ts";

const undoes = (
  name: string,
  ends: Plan["ends"],
  steps: readonly (string | PlannedStep)[],
  rest: Partial<Scenario> = {},
): Scenario => ({
  name,
  module: "rollback.ts",
  className: "Undoes",
  params: { steps: steps.map((step) => (typeof step === "string" ? { name: step } : step)), ends } satisfies Plan,
  ...rest,
});

const NO_OUTPUT = "output is not serialisable: it is a function";
const undoneBecause = (step: string, error: string): string =>
  `undo ${step}-1, ${step}-1 attempt 1, output {of: "${step}", at: Date 1970-01-01T00:00:00.000Z}, error ${error}`;
const NO_STEP_OUTPUT =
  'The execution of the Workflow instance was terminated, as the step "b" returned a value which is not serialisable: output is a function';
const FATAL = `Error WorkflowFatalError: ${NO_STEP_OUTPUT} path="output"`;
const ONCE = { retries: { limit: 0, delay: 1 } };
const OFTEN = { retries: { limit: 5, delay: 1, backoff: "constant" } };
const withRollback = { call: "terminate", options: { rollback: true } } as const;
const waiting = { effect: "ready" } as const;
const terminated: readonly Move[] = [{ after: waiting, ...withRollback }];

export const ROLLBACK: readonly Scenario[] = [
  undoes("what was done is undone, the last first", "throws", ["a", "b", "c"]),
  undoes("steps of one name are undone each", "throws", ["a", "a"]),
  undoes("a step without a handler is passed over", "throws", ["a", { name: "b", undo: "none" }, "c"]),
  undoes("the step that failed is undone first", "throws", ["a", { name: "b", work: "fails" }]),
  undoes("a failure that was caught is undone, too", "throws", [{ name: "a", work: "fails, and is caught" }, "b"]),
  undoes("a handler sees the attempt that its step has reached", "throws", [{ name: "a", work: "fails twice" }]),
  undoes("a step in flight is undone when run throws", "throws", ["a", { name: "b", work: "goes on" }]),
  undoes("a NonRetryableError of run is followed by a rollback", "throws a NonRetryableError", ["a", "b"]),
  undoes("nothing is undone when run returns", "returns", ["a", { name: "b", work: "fails, and is caught" }]),
  undoes(
    "a value of run that cannot be stored is followed by a rollback",
    "throws a value that cannot be stored",
    ["a"],
    {
      differences: [
        {
          because: "ownWords",
          perdure: {
            error: { name: "DataCloneError", message: NO_OUTPUT },
            effects: ["a-1 attempt 1", undoneBecause("a", `DOMException DataCloneError: ${NO_OUTPUT}`), "undone a"],
          },
        },
      ],
    },
  ),
  undoes(
    "a value of a step that cannot be stored is followed by a rollback",
    "waits",
    ["a", { name: "b", work: "cannot be stored" }],
    {
      differences: [
        {
          because: "fatalIsUndone",
          perdure: {
            error: { name: "WorkflowFatalError", message: NO_STEP_OUTPUT },
            effects: [
              "a-1 attempt 1",
              "b-1 attempt 1",
              `undo b-1, b-1 attempt 1, output undefined, error ${FATAL}`,
              "undone b",
              undoneBecause("a", FATAL),
              "undone a",
            ],
          },
        },
      ],
    },
  ),
  undoes("a handler that fails ends the rollback", "throws", ["a", { name: "b", undo: "fails", rollbackConfig: ONCE }]),
  undoes("a handler is tried again as its config says", "throws", [
    "a",
    { name: "b", undo: "fails twice", rollbackConfig: OFTEN },
  ]),
  undoes("a NonRetryableError of a handler ends the rollback", "throws", [
    "a",
    { name: "b", undo: "fails for good", rollbackConfig: OFTEN },
  ]),
  undoes("a handler that takes too long ends the rollback", "throws", [
    "a",
    { name: "b", undo: "hangs", rollbackConfig: { ...ONCE, timeout: 100 } },
  ]),
  undoes("a handler can do no step", "throws", ["a", { name: "b", undo: "does a step", rollbackConfig: ONCE }]),
  undoes("terminate with a rollback undoes what was done", "waits", ["a", "b"], { during: terminated }),
  undoes("terminate without a rollback undoes nothing", "waits", ["a", "b"], {
    during: [{ after: waiting, call: "terminate" }],
  }),
  undoes("terminate with a rollback undoes what is in flight", "waits", ["a", { name: "b", work: "goes on" }], {
    during: terminated,
  }),
  undoes("a paused instance is terminated with a rollback", "waits", ["a", "b"], {
    during: [
      { after: waiting, call: "pause" },
      { after: { status: "paused" }, ...withRollback },
    ],
  }),
  undoes(
    "a handler that fails ends the rollback of a terminate",
    "waits",
    ["a", { name: "b", undo: "fails", rollbackConfig: ONCE }],
    { during: terminated },
  ),
  undoes("a finished instance cannot be terminated with a rollback", "returns", ["a"], {
    during: [{ after: { status: "complete" }, ...withRollback }],
  }),
  undoes("an instance that was undone runs anew, and is undone again", "throws", ["a"], {
    during: [
      { after: { status: "errored" }, call: "restart" },
      { after: { effect: "undone a", times: 2 }, call: "resume" },
    ],
  }),
];
