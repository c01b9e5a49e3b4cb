import { createHash } from "node:crypto";
import type { WorkflowCronSchedule } from "../workflow.ts";
import { keyText, type StepKey } from "./step-key.ts";

/** Which life of which instance. */
export interface InstanceIdentity {
  readonly namespace: string;
  readonly workflow: string;
  readonly id: string;
  /** From 1; a restart starts the next. */
  readonly run: number;
  /** Tells an instance from an older one with the same id. */
  readonly createdAtMs: number;
  /** Null when a caller made it. */
  readonly schedule: WorkflowCronSchedule | null;
}

/** One text an instance, for maps and logs. */
export function instanceText({
  namespace,
  workflow,
  id,
}: Pick<InstanceIdentity, "namespace" | "workflow" | "id">): string {
  return `${namespace}/${workflow}/${id}`;
}

/** The same over all attempts of a step, and no other step's. Fits any HTTP header: 43 letters, digits, "-" and "_". */
export function idempotencyKey(instance: InstanceIdentity, key: StepKey): string {
  const { run, createdAtMs } = instance;
  return createHash("sha256")
    .update(`${instanceText(instance)}/${createdAtMs}/${run}/${keyText(key)}`)
    .digest("base64url");
}
