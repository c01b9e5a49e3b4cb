import type { IntrospectedInstance } from "./introspected-instance.ts";
import type { Introspection } from "./introspection.ts";
import { InstanceIntrospector, type WorkflowInstanceIntrospector } from "./instance-introspector.ts";
import { Modifications } from "./modifications.ts";
import type { ModifierCallback } from "./modifier.ts";

/**
 * Looks into all instances of a workflow that are created while it lasts.
 *
 * @example
 * await using introspector = await introspectWorkflow(env.ORDERS);
 * await introspector.modifyAll((m) => m.disableSleeps());
 * await env.ORDERS.create();
 * for (const instance of introspector.get()) await instance.waitForStatus("complete");
 */
export interface WorkflowIntrospector {
  /** Changes all instances that are created after it. */
  modifyAll(change: ModifierCallback): Promise<void>;
  /** The instances created so far, in the order of their creation. */
  get(): WorkflowInstanceIntrospector[];
  /** Ends the session and removes the instances it saw. A second call does nothing. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export class IntrospectionSession implements WorkflowIntrospector {
  readonly #introspection: Introspection;
  readonly #workflow: string;
  readonly #modifications = new Modifications();
  readonly #introspectors = new Map<IntrospectedInstance, InstanceIntrospector>();
  #disposed = false;

  /** @throws Error when the workflow has a session. */
  constructor(introspection: Introspection, workflow: string) {
    this.#introspection = introspection;
    this.#workflow = workflow;
    introspection.open(workflow, this);
  }

  onCreated(instance: IntrospectedInstance): void {
    instance.session = this.#modifications.copy();
    this.#introspectors.set(instance, new InstanceIntrospector(this.#introspection, instance));
  }

  async modifyAll(change: ModifierCallback): Promise<void> {
    await change(this.#modifications);
  }

  get(): WorkflowInstanceIntrospector[] {
    return [...this.#introspectors.values()];
  }

  /** A property, so that it can be handed to `afterEach` as it is. */
  readonly dispose = async (): Promise<void> => {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#introspection.close(this.#workflow);
    await Promise.all([...this.#introspectors.values()].map((introspector) => introspector.dispose()));
  };

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
