import { runScope } from "../worker/run-scope.ts";
import { epochMsOf } from "../worker/wire-time.ts";
import type { Calls, InstanceKey } from "./calls.ts";

/** The namespace of a reference that names none. */
const DEFAULT_NAMESPACE = "default";

/** Whether the code that calls is that of the instance itself, and not of one with its name elsewhere or before. */
export async function isOwnInstance(calls: Calls, ref: InstanceKey): Promise<boolean> {
  const own = runScope.getStore();
  const { namespace = DEFAULT_NAMESPACE, workflow, instanceId } = ref;
  if (own?.id !== instanceId || own.workflow !== workflow || own.namespace !== namespace) return false;
  const { instance } = await calls.repeat((options) => calls.rpc.getInstance({ ref }, options));
  return epochMsOf(instance?.createTime) === own.createdAtMs;
}

/** For code whose run is over: it goes no further, and the worker drops it as soon as it hears of that. */
export function nothingMore(): Promise<never> {
  return new Promise(() => {});
}
