import { randomUUID } from "node:crypto";
import { workflowText, type InstanceName, type WorkflowName } from "../domain/name.ts";
import type { InstanceState } from "../domain/state.ts";
import { SECOND_MS, type EpochMs } from "../domain/time.ts";
import type { Slot, SlotHolder } from "../store/slot-store.ts";
import type { Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Feed } from "./feed.ts";
import type { Log } from "./log.ts";
import type { Settings } from "./settings.ts";

/** How long a look at the places taken is believed: what other replicas give back is seen after it. */
const LOOK_PAUSE_MS = SECOND_MS;

/** Free places noted at a look. Ours: more than are taken before the next. */
const FREE_NOTED_MAX = 1_000;

export interface SlotsParts {
  readonly store: Store;
  readonly settings: Settings;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly log: Log;
}

/** What this replica believes of a workflow's places. */
interface View {
  readonly limit: number;
  free: number[];
  /** More are taken than the limit allows: it was lowered, or came when more were running. */
  overfull: boolean;
  /** When the store was looked at; null: it must be. */
  lookedAt: EpochMs | null;
  looking: Promise<void> | null;
}

/**
 * Keeps the instances of a workflow that workers have at once within its limit. A place is taken in the store before
 * the lease is granted, by a key that only one can have, and given back when the lease has ended.
 */
export class Slots {
  readonly #parts: SlotsParts;
  readonly #views = new Map<string, View>();
  readonly #freeing = new Set<Promise<void>>();
  #onRoom: (name: WorkflowName) => void = () => {};

  constructor(parts: SlotsParts) {
    this.#parts = parts;
    parts.feed.onAny(({ before, after }) => {
      const { lease } = before;
      if (lease === null || (after.run === before.run && after.lease?.epoch === lease.epoch)) return;
      if (this.limited(before.birth.name)) this.#freeSoon(before.birth.name, holderOf(before, lease.epoch));
    });
  }

  /** Calls when a place was given back here. */
  onRoom(call: (name: WorkflowName) => void): void {
    this.#onRoom = call;
  }

  /** Resolves when nothing is being given back. */
  async idle(): Promise<void> {
    await Promise.all(this.#freeing);
  }

  limited(name: WorkflowName): boolean {
    return this.#limit(name) !== null;
  }

  /** Whether there may be a free place: whoever asks for one then may still find none. */
  mayHaveRoom(name: WorkflowName): boolean {
    const view = this.#view(name);
    return view.free.length > 0 || this.#mustLook(view);
  }

  /** How many places are free, as far as this replica knows. */
  async room(name: WorkflowName): Promise<number> {
    const view = this.#view(name);
    if (this.#mustLook(view)) await this.#look(name, view);
    return view.free.length;
  }

  /** Takes a place for the next lease of an instance. Null when there is none. */
  async take(state: InstanceState): Promise<Slot | null> {
    const { store, clock } = this.#parts;
    const { name } = state.birth;
    const view = this.#view(name);
    const holder = holderOf(state, state.epoch + 1);
    for (;;) {
      if ((await this.room(name)) === 0) return null;
      const place = view.free.shift();
      if (place === undefined) continue;
      const workflow = { namespace: name.namespace, workflow: name.workflow };
      const slot = { workflow, place, holder, token: randomUUID(), takenAt: clock.now() };
      if ((await store.takeSlot(slot)) === "taken") return slot;
    }
  }

  async free(name: WorkflowName, holder: SlotHolder): Promise<void> {
    const place = await this.#parts.store.freeSlot(name, holder);
    if (place !== null) this.#noteFree(name, place);
  }

  /** Gives a place back whose lease was not granted. */
  async drop(slot: Slot): Promise<void> {
    await this.#parts.store.dropSlot(slot);
    this.#noteFree(slot.workflow, slot.place);
  }

  #noteFree(name: WorkflowName, place: number): void {
    const view = this.#view(name);
    if (view.overfull || place >= view.limit) view.lookedAt = null;
    else view.free.push(place);
    this.#onRoom(name);
  }

  /** What is believed is to be looked up: the limit is another one. */
  doubt(name: WorkflowName): void {
    this.#views.delete(workflowText(name));
    if (this.limited(name)) this.#onRoom(name);
  }

  #freeSoon(name: InstanceName, holder: SlotHolder): void {
    const freeing: Promise<void> = this.free(name, holder)
      .catch((error: unknown) => this.#parts.log.warn({ ...name, error }, "place not given back: the sweep will"))
      .finally(() => this.#freeing.delete(freeing));
    this.#freeing.add(freeing);
  }

  #mustLook({ lookedAt }: View): boolean {
    return lookedAt === null || this.#parts.clock.now() - lookedAt >= LOOK_PAUSE_MS;
  }

  #look(name: WorkflowName, view: View): Promise<void> {
    view.looking ??= this.#lookAtStore(name, view).finally(() => (view.looking = null));
    return view.looking;
  }

  async #lookAtStore(name: WorkflowName, view: View): Promise<void> {
    const lookedAt = this.#parts.clock.now();
    const taken = await this.#parts.store.slots(name);
    view.overfull = taken.length > view.limit;
    view.free = freePlaces(taken, view.limit);
    view.lookedAt = lookedAt;
  }

  #limit(name: WorkflowName): number | null {
    return this.#parts.settings.get(name)?.concurrencyLimit ?? null;
  }

  #view(name: WorkflowName): View {
    const key = workflowText(name);
    const known = this.#views.get(key);
    const limit = this.#limit(name) ?? 0;
    if (known?.limit === limit) return known;
    const view: View = { limit, free: [], overfull: false, lookedAt: null, looking: null };
    this.#views.set(key, view);
    return view;
  }
}

export function holderOf({ birth, run }: InstanceState, epoch: number): SlotHolder {
  return { id: birth.name.id, uid: birth.uid, run, epoch };
}

/** Places below the limit that nobody has, as many as may still be taken. */
function freePlaces(taken: readonly Slot[], limit: number): number[] {
  const held = new Set(taken.map(({ place }) => place));
  const most = Math.min(limit - taken.length, FREE_NOTED_MAX);
  const free: number[] = [];
  for (let place = 0; place < limit && free.length < most; place++) if (!held.has(place)) free.push(place);
  return free;
}
