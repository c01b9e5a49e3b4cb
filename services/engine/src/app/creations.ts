import { randomUUID } from "node:crypto";
import { isRefusal } from "../domain/errors.ts";
import type { InstanceName, WorkflowName } from "../domain/name.ts";
import { EMPTY_OBJECT } from "../domain/payload.ts";
import type { Birth, InstanceState, ScheduledTime } from "../domain/state.ts";
import { scheduledId } from "../domain/schedule.ts";
import type { Store } from "../store/store.ts";
import type { NewInstance } from "./caller-api.ts";
import type { Clock } from "./clock.ts";
import type { CreationRates } from "./creation-rates.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { newHead, type Instances } from "./instances.ts";
import type { QueueLimit } from "./queue-limit.ts";
import type { Settings } from "./settings.ts";
import { buildTask } from "./tasks.ts";
import type { Ticket } from "./waiting-poll.ts";

export interface CreationsParts {
  readonly store: Store;
  readonly instances: Instances;
  readonly dispatcher: Dispatcher;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly rates: CreationRates;
  readonly queue: QueueLimit;
}

/** What is said of an instance beside its name. */
type Born = Omit<NewInstance, "id">;

/** Creates instances, and hands each over in the write that creates it when a poll can take it. */
export class Creations {
  readonly #parts: CreationsParts;

  constructor(parts: CreationsParts) {
    this.#parts = parts;
  }

  /** @throws {EngineError} INSTANCE_EXISTS; LIMIT_EXCEEDED when there are too many, in its queue or a second. */
  async create(name: InstanceName, instance: Born, requestId: string | null): Promise<InstanceState> {
    this.#parts.rates.admit(name);
    return this.#create(name, instance, { requestId, schedule: null });
  }

  /** Creates the instance of a time that was due, if that is not there yet. */
  async createScheduled(workflow: WorkflowName, schedule: ScheduledTime): Promise<void> {
    const name = { ...workflow, id: scheduledId(schedule.cron, schedule.dueAt) };
    try {
      await this.#create(name, BARE, { requestId: null, schedule });
    } catch (error) {
      // Another replica was faster, or this one was before it stopped.
      if (!isRefusal(error, "INSTANCE_EXISTS")) throw error;
    }
  }

  async #create(
    name: InstanceName,
    instance: Born,
    origin: Pick<Birth, "requestId" | "schedule">,
  ): Promise<InstanceState> {
    const { instances, dispatcher, settings, clock, queue } = this.#parts;
    if (!settings.loaded) await settings.ready();
    const retention = settings.retention(name);
    const ticket = dispatcher.reserveForNew(name);
    // What a schedule creates is bounded by the schedule.
    if (ticket === null && origin.schedule === null) await queue.admit(name);
    try {
      const birth = {
        name,
        uid: randomUUID(),
        createdAt: clock.now(),
        params: instance.params,
        retention: {
          successMs: instance.retention.successMs ?? retention.successMs,
          failureMs: instance.retention.failureMs ?? retention.failureMs,
        },
        handedTo: ticket?.session ?? null,
        ...origin,
      };
      const state = await instances.create(newHead(birth));
      if (ticket !== null) await this.#handOver(state, ticket);
      else dispatcher.offer(name, state.readySince);
      return state;
    } finally {
      ticket?.release();
    }
  }

  async #handOver(state: InstanceState, ticket: Ticket): Promise<void> {
    const { store, clock, settings, dispatcher } = this.#parts;
    const stepLimit = settings.limits(state.birth.name).steps;
    const task = await buildTask(store, { before: null, after: state, recent: [] }, { now: clock.now(), stepLimit });
    if (!ticket.deliver(task)) await dispatcher.takeBack(task.lease);
  }
}

/** What nobody says anything of. */
const BARE: Born = { params: EMPTY_OBJECT, retention: { successMs: null, failureMs: null } };
