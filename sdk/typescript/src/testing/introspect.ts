import { bindingOf } from "./bindings.ts";
import { InstanceIntrospector, type WorkflowInstanceIntrospector } from "./instance-introspector.ts";
import { IntrospectionSession, type WorkflowIntrospector } from "./introspection-session.ts";

/**
 * Looks into one instance of a workflow, by its id. Call it before the instance is created, and dispose of what it gives:
 * `await using` does.
 *
 * @param binding Of a test engine: `engine.workflow("Greet")`, or `engine.env.GREET`.
 * @throws Error for anything else, and without an id.
 * @example
 * await using instance = await introspectWorkflowInstance(env.ORDERS, "order-7");
 * await instance.modify((m) => m.mockStepError({ name: "charge" }, new Error("no funds")));
 * await env.ORDERS.create({ id: "order-7" });
 * await instance.waitForStatus("errored");
 */
export async function introspectWorkflowInstance(
  binding: object,
  instanceId: string,
): Promise<WorkflowInstanceIntrospector> {
  if (!binding || !instanceId) {
    throw new Error("[WorkflowIntrospector] Workflow binding and instance id are required.");
  }
  const { introspection, workflow } = bindingOf(binding, "introspectWorkflowInstance");
  return new InstanceIntrospector(introspection, introspection.instance(workflow, instanceId));
}

/**
 * Looks into all instances of a workflow that are created from now on, whoever creates them and with whichever id. A
 * workflow has one such session at a time; dispose of it to begin the next.
 *
 * @param binding Of a test engine: `engine.workflow("Greet")`, or `engine.env.GREET`.
 * @throws Error for anything else, and when the workflow has a session already.
 * @example
 * await using introspector = await introspectWorkflow(env.ORDERS);
 * await introspector.modifyAll((m) => m.mockStepResult({ name: "charge" }, "paid"));
 * await env.ORDERS.create();
 * const [instance] = introspector.get();
 * await instance?.waitForStatus("complete");
 */
export async function introspectWorkflow(binding: object): Promise<WorkflowIntrospector> {
  if (!binding) throw new Error("[WorkflowIntrospector] Workflow binding is required.");
  const { introspection, workflow } = bindingOf(binding, "introspectWorkflow");
  return new IntrospectionSession(introspection, workflow);
}
