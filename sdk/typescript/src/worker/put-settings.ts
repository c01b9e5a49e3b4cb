import { Calls } from "../client/calls.ts";
import { settingsMessage, type SettingsMessage, type WorkflowSettings } from "../client/workflows.ts";
import type { EngineConnection } from "../transport.ts";
import { retrying, type RetryBound } from "../transport-retry.ts";

/** How the instances of workflows are run, by the workflow's name. */
export type SettingsByWorkflow =
  ReadonlyMap<string, WorkflowSettings> | Readonly<Record<string, WorkflowSettings | undefined>>;

/**
 * The settings in the engine's words.
 * @throws TypeError for a workflow that is not served, and for a retention that is no duration.
 */
export function settingsOf(
  settings: SettingsByWorkflow,
  served: { has(name: string): boolean },
): ReadonlyMap<string, SettingsMessage> {
  const named = settings instanceof Map ? [...settings] : Object.entries(settings);
  const messages = new Map<string, SettingsMessage>();
  for (const [name, said] of named as readonly (readonly [string, WorkflowSettings | undefined])[]) {
    if (!served.has(name)) throw new TypeError(`settings are for workflows of this worker, and "${name}" is none`);
    if (said !== undefined) messages.set(name, settingsMessage(said));
  }
  return messages;
}

/**
 * Tells the engine how instances are run; an engine that is away is waited for.
 * @throws ConnectError with reason INVALID_FIELD for what the engine does not take; the signal's reason.
 */
export async function putSettings(
  settings: ReadonlyMap<string, SettingsMessage>,
  {
    transport,
    namespace,
  }: { readonly transport: EngineConnection["transport"]; readonly namespace: string | undefined },
  bound: RetryBound,
): Promise<void> {
  const calls = new Calls(transport, namespace);
  for (const [workflow, message] of settings) {
    const request = { ...calls.inNamespace, workflow, settings: message };
    await retrying(() => calls.once((options) => calls.rpc.putWorkflow(request, options), bound.signal), bound);
  }
}
