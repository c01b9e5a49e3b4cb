import type { Clock, EmbeddedEngine, Moved } from "@perdure/engine/embedded";
import type { Client } from "../client.ts";
import type { StepCallback } from "../worker/attempt.ts";
import type { InstanceIdentity } from "../worker/instance-identity.ts";
import type { Log } from "../worker/log.ts";
import type { Rehearsal } from "../worker/rehearsal.ts";
import type { StepKey } from "../worker/step-key.ts";
import { StepKind } from "../../gen/perdure/v1/step_pb.ts";
import { IntrospectedInstance } from "./introspected-instance.ts";
import type { IntrospectionSession } from "./introspection-session.ts";
import type { TimeKeeper } from "./time-keeper.ts";

export interface IntrospectionParts {
  readonly engine: EmbeddedEngine;
  readonly clock: Clock;
  readonly keeper: TimeKeeper;
  readonly client: Client;
  readonly namespace: string;
  readonly log: Log;
}

/** Everything that tests look into or change in one engine. */
export class Introspection implements Rehearsal {
  readonly client: Client;
  readonly #parts: IntrospectionParts;
  readonly #instances = new Map<string, IntrospectedInstance>();
  /** By workflow. */
  readonly #sessions = new Map<string, IntrospectionSession>();

  constructor(parts: IntrospectionParts) {
    this.#parts = parts;
    this.client = parts.client;
    parts.engine.onMoved((moved) => this.#onMoved(moved));
  }

  callbackOf({ workflow, id }: InstanceIdentity, key: StepKey, attempt: number): StepCallback | null {
    if (key.kind !== StepKind.DO) return null;
    return this.#instances.get(keyOf(workflow, id))?.callbackOf(key, attempt) ?? null;
  }

  /** Past is what is so for the engine and for the machine, whose `Date.now()` workflows reckon with. */
  now(): number {
    return Math.min(this.#parts.clock.now(), Date.now());
  }

  /** The instance with this id, which may be created later. */
  instance(workflow: string, id: string): IntrospectedInstance {
    const key = keyOf(workflow, id);
    const instance =
      this.#instances.get(key) ?? new IntrospectedInstance(workflow, id, (changed) => this.#apply(changed));
    this.#instances.set(key, instance);
    return instance;
  }

  /** Forgets what was changed of an instance and removes it. */
  async dispose(instance: IntrospectedInstance): Promise<void> {
    const { workflow, id } = instance;
    if (this.#instances.get(keyOf(workflow, id)) === instance) this.#instances.delete(keyOf(workflow, id));
    instance.tell(null);
    const { engine, namespace } = this.#parts;
    await engine.remove({ namespace, workflow, id });
  }

  /** Ends all waits: nothing will happen any more. */
  end(): void {
    for (const instance of this.#instances.values()) instance.tell(null);
  }

  /** @throws Error when the workflow has a session. */
  open(workflow: string, session: IntrospectionSession): void {
    if (this.#sessions.has(workflow)) {
      throw new Error(`Workflow "${workflow}" already has an active introspection session.`);
    }
    this.#sessions.set(workflow, session);
  }

  close(workflow: string): void {
    this.#sessions.delete(workflow);
  }

  #onMoved(moved: Moved): void {
    const { workflow, id } = moved.name;
    if (moved.before === null) this.#sessions.get(workflow)?.onCreated(this.instance(workflow, id));
    const instance = this.#instances.get(keyOf(workflow, id));
    if (instance === undefined) return;
    if (moved.before === null) instance.begin();
    this.#act(instance, moved);
    instance.tell(moved);
  }

  /** Changes take effect at once on what is waited for. */
  #apply(instance: IntrospectedInstance): void {
    const moved = this.#parts.engine
      .unfinished()
      .find(({ name }) => name.workflow === instance.workflow && name.id === instance.id);
    if (moved !== undefined) this.#act(instance, moved);
  }

  #act(instance: IntrospectedInstance, moved: Moved): void {
    const { engine } = this.#parts;
    for (const timer of moved.timers) {
      if (instance.skips(timer)) this.#run(instance, engine.skip(moved.name, timer));
      else if (timer.kind === "wait") this.#sendEvent(instance, moved.run, timer.eventTypes);
    }
  }

  #sendEvent(instance: IntrospectedInstance, run: number, types: readonly string[]): void {
    const event = instance.takeEvent(run, types);
    if (event === null) return;
    const { workflow, id } = instance;
    const handle = this.client.workflow(workflow).get(id);
    this.#run(
      instance,
      handle.then((one) => one.sendEvent(event)),
    );
  }

  #run({ workflow, id }: IntrospectedInstance, work: Promise<void>): void {
    const { keeper, log } = this.#parts;
    keeper.during(work).catch((error: unknown) => log.warn({ workflow, id, error }, "a mock had no effect"));
  }
}

function keyOf(workflow: string, id: string): string {
  return `${workflow}/${id}`;
}
