import type { Instance } from "../../gen/perdure/v1/instance_pb.ts";
import { isFinished, statusWord } from "../client/instance-status.ts";
import { reasonOf } from "../transport-errors.ts";
import { decodeValue } from "../values/decode.ts";
import type { WorkflowInstanceStatus } from "../workflow-binding.ts";
import type { IntrospectedInstance } from "./introspected-instance.ts";
import type { Introspection } from "./introspection.ts";
import type { ModifierCallback, WorkflowStepSelector } from "./modifier.ts";
import { stepOutcome } from "./step-outcome.ts";

/**
 * Looks into one instance: changes what its steps give, and waits for what they come to. Make it before the instance.
 *
 * @example
 * await using instance = await introspectWorkflowInstance(env.ORDERS, "order-7");
 * await instance.modify(async (m) => {
 *   await m.disableSleeps();
 *   await m.mockStepResult({ name: "charge" }, { receipt: "r-1" });
 *   await m.mockEvent({ type: "approved", payload: { by: "Ada" } });
 * });
 * await env.ORDERS.create({ id: "order-7" });
 * await instance.waitForStatus("complete");
 */
export interface WorkflowInstanceIntrospector {
  /** Changes the instance. Returns this introspector. */
  modify(change: ModifierCallback): Promise<WorkflowInstanceIntrospector>;
  /**
   * Waits for the end of a `step.do` and returns its result.
   * @throws What the step threw in the end; Error when the instance ends without it.
   */
  waitForStepResult(step: WorkflowStepSelector): Promise<unknown>;
  /**
   * Waits until the instance has a status; at once for "queued".
   * @throws Error when it has ended with another one.
   */
  waitForStatus(status: WorkflowInstanceStatus): Promise<void>;
  /** What `run` returned. @throws Error unless the instance is complete. */
  getOutput(): Promise<unknown>;
  /** What ended `run`. @throws Error unless the instance is errored. */
  getError(): Promise<{ name: string; message: string }>;
  /** Takes all changes back and removes the instance, whatever it is doing. A second call does nothing. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The words that can be waited for. */
const STATUSES: ReadonlySet<string> = new Set([
  "queued",
  "running",
  "paused",
  "errored",
  "terminated",
  "complete",
  "waiting",
  "waitingForPause",
  "unknown",
] satisfies WorkflowInstanceStatus[]);

export class InstanceIntrospector implements WorkflowInstanceIntrospector {
  readonly #introspection: Introspection;
  readonly #instance: IntrospectedInstance;
  #disposed = false;

  constructor(introspection: Introspection, instance: IntrospectedInstance) {
    this.#introspection = introspection;
    this.#instance = instance;
  }

  async modify(change: ModifierCallback): Promise<WorkflowInstanceIntrospector> {
    this.#requireOpen();
    await change(this.#instance.modifications);
    return this;
  }

  async waitForStepResult(step: WorkflowStepSelector): Promise<unknown> {
    const { workflow, id } = this.#instance;
    return this.#until(async (instance) => {
      const outcome = await stepOutcome(this.#introspection.client.instances.journal(workflow, id), step);
      if (outcome !== null || !isFinished(instance)) return outcome;
      const { name, index = 1 } = step;
      throw this.#error(
        `has reached status '${statusWord(instance)}'. Step '${name}' (${index}) has no result and will get none.`,
      );
    });
  }

  async waitForStatus(status: WorkflowInstanceStatus): Promise<void> {
    if (!STATUSES.has(status)) throw new Error(`${status} was not handled because it's not a valid InstanceStatus`);
    if (status === "queued") return;
    const seen = new Set<string | null>();
    const stop = this.#instance.onMoved((moved) => seen.add(moved?.before ?? null).add(moved?.status ?? null));
    try {
      await this.#until(async (instance) => {
        const word = statusWord(instance);
        if (seen.has(status) || word === status) return { value: undefined };
        if (!isFinished(instance)) return null;
        throw this.#error(
          `has reached status '${word}'. This is a finite status that prevents it from ever reaching the expected status of '${status}'.`,
        );
      });
    } finally {
      stop();
    }
  }

  async getOutput(): Promise<unknown> {
    const { output } = await this.#ended("complete", "output", "an output");
    return output === undefined ? undefined : decodeValue(output);
  }

  async getError(): Promise<{ name: string; message: string }> {
    const { failure } = await this.#ended("errored", "error", "error information");
    return { name: failure?.name ?? "Error", message: failure?.message ?? "" };
  }

  /** A property, so that it can be handed to `afterEach` as it is. */
  readonly dispose = async (): Promise<void> => {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#introspection.dispose(this.#instance);
  };

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #ended(status: WorkflowInstanceStatus, what: string, article: string): Promise<Instance> {
    const instance = await this.#look();
    const word = instance === null ? "unknown" : statusWord(instance);
    if (instance !== null && word === status) return instance;
    throw new Error(
      `Cannot retrieve ${what}: Workflow instance is in status "${word}" but must be "${status}" to have ${article} available`,
    );
  }

  /** Looks at the instance once it is there, and again after each record, until something is found. */
  async #until<T>(find: (instance: Instance) => Promise<{ readonly value: T } | null>): Promise<T> {
    let ring: () => void = () => {};
    const stop = this.#instance.onMoved(() => ring());
    try {
      for (;;) {
        this.#requireOpen();
        const moved = new Promise<void>((resolve) => {
          ring = resolve;
        });
        const instance = await this.#look();
        const found = instance === null ? null : await find(instance);
        if (found !== null) return found.value;
        await moved;
      }
    } finally {
      stop();
    }
  }

  /** Null: it is not there yet. */
  async #look(): Promise<Instance | null> {
    const { workflow, id } = this.#instance;
    try {
      return await this.#introspection.client.instances.get(workflow, id);
    } catch (error) {
      if (reasonOf(error) === "INSTANCE_NOT_FOUND") return null;
      throw error;
    }
  }

  #requireOpen(): void {
    if (this.#disposed) throw this.#error("is no longer introspected: its introspector was disposed.");
  }

  #error(what: string): Error {
    return new Error(`[WorkflowIntrospector] The Workflow instance ${this.#instance.id} ${what}`);
  }
}
