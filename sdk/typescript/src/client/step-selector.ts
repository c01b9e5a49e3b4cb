import { StepKind } from "../../gen/perdure/v1/step_pb.ts";
import { WorkflowError } from "../errors.ts";
import { STEP_NAME_LENGTH_MAX } from "../names.ts";
import type { WorkflowInstanceRestartOptions } from "../workflow-binding.ts";

/** What the contract's 32 bits hold. */
const COUNT_MAX = 0xffff_ffff;

const KINDS: ReadonlyMap<unknown, StepKind> = new Map([
  ["do", StepKind.DO],
  ["sleep", StepKind.SLEEP],
  ["waitForEvent", StepKind.WAIT],
]);

/** @throws WorkflowError "instance.cannot_restart" for what no step can be called. */
export function stepSelector(from: WorkflowInstanceRestartOptions["from"]) {
  // Callers in JavaScript give anything.
  const { name, count = 1, type = "do" }: { name?: unknown; count?: unknown; type?: unknown } = from ?? {};
  const kind = KINDS.get(type);
  const isName = typeof name === "string" && name.length <= STEP_NAME_LENGTH_MAX;
  const isCount = typeof count === "number" && Number.isInteger(count) && count >= 1 && count <= COUNT_MAX;
  if (isName && isCount && kind !== undefined) return { name, count, kind };
  throw new WorkflowError("instance.cannot_restart", `Step "${String(name)}" not found in execution history`);
}
