/** What a process needs to load unchanged workflow modules. */
export { loadModule, loadWorkflows, WorkflowLoadError, type LoadWorkflowsOptions } from "./loader/load-workflows.ts";
export { loadedUserFiles, registerLoader } from "./loader/register.ts";
export { addModuleRules, type ModuleRule } from "./loader/rules.ts";
