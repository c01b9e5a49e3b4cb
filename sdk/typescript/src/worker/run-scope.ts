import { AsyncLocalStorage } from "node:async_hooks";
import type { InstanceIdentity } from "./instance-identity.ts";

/** Which instance's code is running: everything that `run` and its callbacks start is in its scope. */
export const runScope = new AsyncLocalStorage<InstanceIdentity>();
