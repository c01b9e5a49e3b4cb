/** What a process needs to run workflows. */
export type { Log } from "./worker/log.ts";
export type { WorkflowSettings } from "./client/workflows.ts";
export type { SettingsByWorkflow } from "./worker/put-settings.ts";
export { serve, type Worker } from "./worker/serve.ts";
export type { WorkerOptions, WorkflowClasses } from "./worker/worker-options.ts";
export type { EngineAddress } from "./transport.ts";
