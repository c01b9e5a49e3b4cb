import { randomUUID } from "node:crypto";
import { EngineError, isRefusal } from "../domain/errors.ts";
import { isFinished, type Command } from "../domain/lifecycle.ts";
import type { InstanceName, WorkflowName } from "../domain/name.ts";
import { checkPayload } from "../domain/payload.ts";
import type { InstanceState } from "../domain/state.ts";
import type { StepKey } from "../domain/step.ts";
import { SECOND_MS, type EpochMs } from "../domain/time.ts";
import type { ListQuery, Store } from "../store/store.ts";
import type {
  CallerApi,
  InstanceView,
  JournalView,
  NewEvent,
  NewInstance,
  WatchedRecord,
  WatchStart,
} from "./caller-api.ts";
import type { Blobs } from "./blobs.ts";
import type { Clock } from "./clock.ts";
import type { CreationRates } from "./creation-rates.ts";
import type { Creations } from "./creations.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Feed, Written } from "./feed.ts";
import { readView, viewOfHead, viewOfState, withEnd } from "./instance-views.ts";
import { notFound, type Instances } from "./instances.ts";
import { listHeads } from "./list.ts";
import { requireStarted } from "./restart.ts";
import { Waiter } from "./waiter.ts";
import { watchJournal } from "./watch.ts";

/** A page of the journal in bytes, whatever was asked for in records: any gRPC client takes it. */
const JOURNAL_PAGE_BYTES = 2 * 1_048_576;

/** How often a wait looks for what other replicas wrote. */
const LOOK_AGAIN_MS = SECOND_MS;

export interface CallersParts {
  readonly store: Store;
  readonly instances: Instances;
  readonly blobs: Blobs;
  readonly creations: Creations;
  readonly rates: CreationRates;
  readonly dispatcher: Dispatcher;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly draining: AbortSignal;
}

/** The use cases of callers. */
export class Callers implements CallerApi {
  readonly #parts: CallersParts;

  constructor(parts: CallersParts) {
    this.#parts = parts;
  }

  async create(workflow: WorkflowName, instance: NewInstance, requestId: string | null): Promise<InstanceView> {
    this.#requireRunning();
    checkPayload(instance.params, "the params");
    const name = { ...workflow, id: instance.id ?? randomUUID() };
    try {
      return viewOfState(await this.#parts.creations.create(name, instance, requestId));
    } catch (error) {
      if (!isRefusal(error, "INSTANCE_EXISTS") || requestId === null) throw error;
      return this.#createdBefore(name, requestId, error);
    }
  }

  createMany(
    workflow: WorkflowName,
    instances: readonly NewInstance[],
    requestId: string | null,
  ): Promise<readonly (InstanceView | EngineError)[]> {
    return Promise.all(
      instances.map((instance) =>
        this.create(workflow, instance, requestId).catch((error: unknown) => {
          if (isRefusal(error, "INSTANCE_EXISTS") || isRefusal(error, "LIMIT_EXCEEDED")) return error as EngineError;
          throw error;
        }),
      ),
    );
  }

  get(name: InstanceName): Promise<InstanceView> {
    return readView(this.#parts.store, this.#parts.instances, name);
  }

  async list(query: ListQuery): Promise<readonly InstanceView[]> {
    return (await listHeads(this.#parts.store, query)).map((head) => ({ ...viewOfHead(head), params: null }));
  }

  async command(name: InstanceName, command: Command): Promise<InstanceView> {
    const { instances, rates } = this.#parts;
    if (command === "restart") rates.admit(name);
    const { next } = await instances.move(name, { kind: command });
    const view = viewOfState(next);
    return isFinished(next.status) ? withEnd(this.#parts.store, view) : view;
  }

  async restartFrom(name: InstanceName, step: StepKey): Promise<InstanceView> {
    const { store, instances, rates } = this.#parts;
    rates.admit(name);
    const move = { kind: "restartFrom", key: step } as const;
    return viewOfState((await instances.move(name, move, (before) => requireStarted(store, before, step))).next);
  }

  async delete(name: InstanceName): Promise<void> {
    await this.#parts.instances.move(name, { kind: "delete" });
  }

  deleteMany(names: readonly InstanceName[]): Promise<readonly (EngineError | null)[]> {
    return Promise.all(
      names.map(async (name) => {
        try {
          await this.delete(name);
          return null;
        } catch (error) {
          if (isRefusal(error, "INSTANCE_NOT_FOUND")) return error as EngineError;
          throw error;
        }
      }),
    );
  }

  async sendEvent(name: InstanceName, { type, payload, requestId }: NewEvent): Promise<EpochMs> {
    const { instances, dispatcher, clock } = this.#parts;
    const event = { kind: "sendEvent", type, payload, requestId } as const;
    const ticket = isAwaiting(instances.peek(name)?.state, type) ? dispatcher.reserve(name) : null;
    if (ticket === null) return (await instances.move(name, event)).record?.committedAt ?? clock.now();
    // The record that accepts the event hands the instance over too.
    try {
      const moved = await instances.move(name, { ...event, grantTo: ticket.session });
      void dispatcher.deliver(moved, ticket);
      return moved.record?.committedAt ?? clock.now();
    } catch (error) {
      ticket.release();
      throw error;
    }
  }

  async waitForEnd(name: InstanceName, holdMs: number, signal: AbortSignal): Promise<InstanceView> {
    const { feed, clock, draining, instances, store } = this.#parts;
    const counts = ({ after }: Written) => isFinished(after.status) || after.purged;
    const waiter = new Waiter({ feed, clock }, name, [signal, draining], counts);
    try {
      const endsAt = clock.now() + holdMs;
      for (let uid: string | null = null; ;) {
        const seen = waiter.changes;
        const view = await readView(store, instances, name);
        // The next instance of the name is not the one that is waited for.
        if ((uid ??= view.uid) !== view.uid) throw notFound(name);
        const leftMs = endsAt - clock.now();
        if (isFinished(view.index.status) || leftMs <= 0 || waiter.cancelled) return view;
        await waiter.next(seen, store.exclusive ? leftMs : Math.min(leftMs, LOOK_AGAIN_MS));
      }
    } finally {
      waiter.close();
    }
  }

  async journal(name: InstanceName, after: number, limit: number, run?: number): Promise<JournalView> {
    const { store, instances } = this.#parts;
    const state = await instances.load(name);
    const page = { records: limit, bytes: JOURNAL_PAGE_BYTES };
    const current = run ?? state.run;
    const { records, more } = await store.journal({ uid: state.birth.uid, run: current }, after, page);
    if (current === state.run) return { records, run: current, position: state.position };
    // Of an earlier run nobody knows the end without reading on.
    const last = records.at(-1)?.position ?? after;
    return { records, run: current, position: more ? last + 1 : last };
  }

  blob(name: InstanceName, blob: string, chunk: number): Promise<Uint8Array> {
    return this.#parts.blobs.ofInstance(name, blob, chunk);
  }

  watch(name: InstanceName, after: WatchStart, signal: AbortSignal): AsyncIterable<WatchedRecord> {
    return watchJournal(this.#parts, name, after, signal);
  }

  #requireRunning(): void {
    if (this.#parts.draining.aborted)
      throw new EngineError("SHUTTING_DOWN", "this replica is shutting down; try another");
  }

  /** The id is taken by this very request, sent before: a success. */
  async #createdBefore(name: InstanceName, requestId: string, refusal: unknown): Promise<InstanceView> {
    const head = await this.#parts.store.head(name);
    if (head?.birth.requestId !== requestId) throw refusal;
    return this.get(name);
  }
}

/** Whether an instance is parked, as far as is known, and an event of the type would wake it. */
function isAwaiting(state: InstanceState | undefined, type: string): boolean {
  if (state?.status !== "waiting") return false;
  return [...state.open.values()].some((step) => step.status === "awaiting" && step.eventTypes.includes(type));
}
