/** Tools to test workflows with: an engine in the test's process, time that is skipped, and steps that are mocked. */
export type { WorkflowInstanceIntrospector } from "./testing/instance-introspector.ts";
export type { WorkflowIntrospector } from "./testing/introspection-session.ts";
export { introspectWorkflow, introspectWorkflowInstance } from "./testing/introspect.ts";
export type { ModifierCallback, WorkflowInstanceModifier, WorkflowStepSelector } from "./testing/modifier.ts";
export { createTestEngine, type TestEngine, type TestEngineOptions } from "./testing/test-engine.ts";
export type { TimeMode } from "./testing/time-keeper.ts";
