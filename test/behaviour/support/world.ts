import { expect, onTestFinished } from "vitest";
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import {
  type Client,
  createClient,
  type InstanceHandle,
  type WorkflowClient,
} from "../../../sdk/typescript/src/client.ts";
import type {
  WorkflowInstanceEvent,
  WorkflowInstanceEventType,
  WorkflowInstanceSubscribeOptions,
} from "../../../sdk/typescript/src/client/subscription/event.ts";
import { WorkflowError } from "../../../sdk/typescript/src/errors.ts";
import type { InstanceStatus, WorkflowInstanceCreateOptions } from "../../../sdk/typescript/src/workflow-binding.ts";
import { type WorkflowClass, WorkflowEntrypoint, type WorkflowEvent } from "../../../sdk/typescript/src/workflow.ts";
import type { WorkflowStep } from "../../../sdk/typescript/src/workflow-step.ts";
import type { AppConfig } from "../../../services/engine/src/app/engine-app.ts";
import type { Store } from "../../../services/engine/src/store/store.ts";
import { CONFIGURATION } from "./configuration.ts";
import { Engine } from "./engine.ts";
import { Fleet } from "./fleet.ts";
import { Parks } from "./parks.ts";
import { sharedStore } from "./store.ts";

const MINUTE_MS = 60_000;

/** Between two looks, for a store to write what it has to. */
const TURN_MS = 10;

/** A workflow's `run`. */
export type Script = (event: WorkflowEvent, step: WorkflowStep) => Promise<unknown>;

/** Whether callbacks are called no more often than the model asks for: not where workers are killed. */
export const EXACT = CONFIGURATION.worker !== "killed";

/** So often; where workers are killed, at least so often. */
export function times(count: number): number {
  return EXACT ? count : expect.toSatisfy((got: number) => got >= count, `at least ${count}`);
}

/** An engine with a worker, callers, and time that a test moves on. What it is made of, the configuration says. */
export class World {
  readonly client: Client;
  readonly #engine: Engine;
  readonly #namespace = randomUUID();
  readonly #parks = new Parks((instant) => this.#engine.clock.skipTo(instant));
  readonly #fleets: Fleet[] = [];

  private constructor(store: Store, config: Partial<AppConfig>) {
    this.#engine = new Engine(this.#parks.watch(store), config);
    this.client = createClient({ engine: this.#engine.transport(), namespace: this.#namespace });
  }

  /** A world that ends with the test. */
  static async open(config: Partial<AppConfig> = {}): Promise<World> {
    const world = new World(await sharedStore(), config);
    onTestFinished(() => world.#close());
    return world;
  }

  /** The engine's time, in ms since 1970. */
  get now(): number {
    return this.#engine.clock.now();
  }

  /** The workflow "w", unless another one is named. */
  binding(workflow = "w"): WorkflowClient {
    return this.client.workflow(workflow);
  }

  /** Starts a worker for the workflow "w", or for several. It takes the place of the one before. */
  async serve(workflows: Script | WorkflowClass | Readonly<Record<string, WorkflowClass | Script>>, env: object = {}) {
    const named = typeof workflows === "function" ? { w: workflows } : workflows;
    const classes = Object.fromEntries(Object.entries(named).map(([name, one]) => [name, classOf(one)]));
    const fleet = new Fleet(this.#engine, { workflows: classes, env, namespace: this.#namespace });
    await this.#fleets.at(-1)?.close();
    this.#fleets.push(fleet);
    await fleet.start();
    return fleet;
  }

  create(options?: WorkflowInstanceCreateOptions): Promise<InstanceHandle> {
    return this.binding().create(options);
  }

  /** Runs an instance of a script to its end. */
  async run(script: Script | WorkflowClass, options?: WorkflowInstanceCreateOptions): Promise<InstanceStatus> {
    await this.serve(script);
    return this.end(await this.create(options));
  }

  /** Runs an instance of a script to its end and gives what it returned, as it returned it. */
  async result(script: Script | WorkflowClass, options?: WorkflowInstanceCreateOptions): Promise<unknown> {
    await this.serve(script);
    const instance = await this.create(options);
    await this.end(instance);
    return instance.result();
  }

  /** Waits for the end. Whenever nothing can happen until a timer, time goes on to it at once. */
  end(instance: InstanceHandle): Promise<InstanceStatus> {
    return this.#parks.hasten(instance.id, instance.waitForEnd());
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.#engine.clock.pass(ms);
  }

  /** Waits until an event was told: of a step, "a-1" say, if one is named. */
  async until(instance: InstanceHandle, type: WorkflowInstanceEventType, stepName?: string): Promise<void> {
    using events = await instance.subscribe({ filter: [type] });
    for await (const event of events) {
      if (stepName === undefined || ("stepName" in event && event.stepName === stepName)) return;
    }
    throw new Error(`the instance ended without ${type} ${stepName ?? ""}`);
  }

  /** Waits until the status is this. */
  async reaches(instance: InstanceHandle, status: InstanceStatus["status"]): Promise<void> {
    if ((await instance.status()).status === status) return;
    using events = await instance.subscribe();
    for await (const _ of events) if ((await instance.status()).status === status) return;
    throw new Error(`the instance never was ${status}`);
  }

  /** Lets time pass until an instance is not there any more: what is over is looked for now and then. */
  async gone(instance: InstanceHandle): Promise<void> {
    for (;;) {
      const status = await instance.status().catch((error: unknown) => error);
      if (status instanceof WorkflowError && status.code === "instance.not_found") return;
      this.pass(MINUTE_MS);
      await setTimeout(TURN_MS);
    }
  }

  /** Everything that is told of an instance up to its end. */
  async events(
    instance: InstanceHandle,
    options?: WorkflowInstanceSubscribeOptions,
  ): Promise<readonly WorkflowInstanceEvent[]> {
    using events = await instance.subscribe(options);
    return await Array.fromAsync(events);
  }

  /** The types of all events, with the step's name. */
  async story(instance: InstanceHandle): Promise<readonly string[]> {
    return (await this.events(instance)).map((event) =>
      "stepName" in event ? `${event.type} ${event.stepName}` : event.type,
    );
  }

  async #close(): Promise<void> {
    await Promise.all(this.#fleets.map((fleet) => fleet.close()));
    await this.#engine.close();
  }
}

function classOf(script: Script | WorkflowClass): WorkflowClass {
  if (script.prototype instanceof WorkflowEntrypoint) return script as WorkflowClass;
  return class Scripted extends WorkflowEntrypoint {
    override run(event: WorkflowEvent, step: WorkflowStep): Promise<unknown> {
      return (script as Script)(event, step);
    }
  };
}
