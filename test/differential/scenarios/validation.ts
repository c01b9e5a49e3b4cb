import type { Scenario } from "../src/scenario.ts";

const scenario = (name: string, className: string, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  module: "validation.ts",
  className,
  ...rest,
});

const table = (name: string, key: string): Scenario => scenario(name, "TriesTable", { params: { table: key } });

export const VALIDATION: readonly Scenario[] = [
  table("a step without a callback is refused", "callbacks"),
  table("a config of another form is refused", "refusedConfigs"),
  table("a config at the edge of the form is taken", "takenConfigs"),
  table("rollback options of another form are refused", "rollbackOptions"),
  table("callback, rollback, name and config are looked at in this order", "order"),
  scenario("a refused step leaves nothing, and its name can be used", "RefusedIsNotCounted"),
  scenario("a refusal that is not caught is the instance's error", "NotCaught"),
  scenario("a step beyond the limit is refused, sleeps and waits not counted", "ReachesLimit", {
    stepLimit: 3,
    during: [{ after: "created", call: "sendEvent", event: { type: "go" } }],
  }),
  scenario("a step inside a rollback is refused", "StepInRollback", {
    differences: [
      {
        because: "rollbackPhaseIsNamed",
        perdure: { effects: ["step in rollback: WorkflowFatalError: Cannot execute steps during rollback phase"] },
      },
    ],
  }),
];
