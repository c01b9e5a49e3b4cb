import { AsyncLocalStorage } from "node:async_hooks";
import { WorkflowFatalError } from "../errors.ts";
import type { InstanceIdentity } from "./instance-identity.ts";

/** Whose rollback handler is running: steps are not possible in it. */
export const rollbackScope = new AsyncLocalStorage<InstanceIdentity>();

/** @throws WorkflowFatalError in a rollback handler of the instance. */
export function checkNoRollback(identity: InstanceIdentity): void {
  if (rollbackScope.getStore() === identity) throw WorkflowFatalError.stepInRollback();
}
