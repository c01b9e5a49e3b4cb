import type { WorkflowSettings } from "perdure/client";
import type { ProjectWorkflow } from "./workflows.ts";

/** What a configuration says of its workflows, by name; what it does not say is as the engine has it. */
export function settingsOf(workflows: Iterable<ProjectWorkflow>): ReadonlyMap<string, WorkflowSettings> {
  return new Map(
    [...workflows].map(({ name, settings }) => {
      const { successRetentionMs: successRetention, errorRetentionMs: errorRetention, ...others } = settings;
      return [name, { ...others, successRetention, errorRetention }];
    }),
  );
}
