import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { inNamespace, openEngine } from "../engine.ts";
import { PROMPTLY } from "../instances/instance.ts";
import type { Place } from "../worker/running.ts";
import type { WorkflowSettings } from "./workflow-settings.ts";
import type { ProjectWorkflow } from "./workflows.ts";

/** Tells the engine what a configuration says of its workflows; what it does not say is as the engine has it. */
export async function putSettings(workflows: Iterable<ProjectWorkflow>, place: Place): Promise<void> {
  const { engine: address, namespace } = place;
  const engine = openEngine({ engine: address, ...(namespace !== undefined && { namespace }) });
  try {
    for (const { name, settings } of workflows) {
      const request = { ...inNamespace(engine), workflow: name, settings: messageOf(settings) };
      await engine.calls.putWorkflow(request, PROMPTLY);
    }
  } finally {
    engine.close();
  }
}

function messageOf(settings: WorkflowSettings) {
  const { stepLimit, concurrencyLimit, successRetentionMs, errorRetentionMs, schedules } = settings;
  return {
    ...(stepLimit !== undefined && { stepLimit }),
    ...(concurrencyLimit !== undefined && { concurrencyLimit }),
    ...(successRetentionMs !== undefined && { successRetention: durationFromMs(successRetentionMs) }),
    ...(errorRetentionMs !== undefined && { failureRetention: durationFromMs(errorRetentionMs) }),
    schedules: [...schedules],
  };
}
