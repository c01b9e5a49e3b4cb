import { isRefusal } from "../domain/errors.ts";
import { indexOf } from "../domain/head.ts";
import { nameText, type InstanceName, type WorkflowName } from "../domain/name.ts";
import { runsBesideLimit } from "../domain/schedule.ts";
import type { InstanceState } from "../domain/state.ts";
import { SECOND_MS, type EpochMs } from "../domain/time.ts";
import type { Slot } from "../store/slot-store.ts";
import type { Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import { DueTimers } from "./due-timers.ts";
import type { Feed, Written } from "./feed.ts";
import type { Instances, Moved } from "./instances.ts";
import type { Log } from "./log.ts";
import { Loop } from "./loop.ts";
import { keyOf, type PollQueue } from "./poll-queue.ts";
import type { RunningLimit } from "./running-limit.ts";
import type { Settings } from "./settings.ts";
import type { Slots } from "./slots.ts";
import { Suspects } from "./suspects.ts";
import { buildTask, leaseRefOf } from "./tasks.ts";
import type { Ticket } from "./waiting-poll.ts";
import type { LeaseRef } from "./worker-api.ts";

/** Between two looks at the ready index. What this replica makes ready itself does not wait for it. */
const SCAN_PAUSE_MS = SECOND_MS;

/** How far a look reaches into the future: further than to the next look. */
const LOOKAHEAD_MS = 2 * SCAN_PAUSE_MS;

/** Heads that one look brings at most. */
const SCAN_LIMIT_MAX = 500;

export interface DispatcherParts {
  readonly store: Store;
  readonly instances: Instances;
  readonly polls: PollQueue;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Settings;
  readonly slots: Slots;
  readonly running: RunningLimit;
}

/** Deals ready instances to waiting polls: at once when this replica made them ready, by a look at the index otherwise. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #timers: DueTimers;
  readonly #scan: Loop;
  readonly #granting = new Set<string>();
  /** Workflows whose ready instances have all been dealt out, as far as this replica knows. */
  readonly #cleared = new Set<string>();
  readonly #suspects: Suspects;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    const { clock, log, polls, feed, instances, slots, running } = parts;
    this.#timers = new DueTimers(clock, (name, readyAt) => this.offer(name, readyAt));
    this.#scan = new Loop("dispatch", SCAN_PAUSE_MS, () => this.#pass(), clock, log);
    this.#suspects = new Suspects(instances, clock, log);
    feed.onAny((written) => this.#onWritten(written));
    polls.onFree(({ namespace, workflows }) => {
      if (workflows.some((workflow) => this.#mayFind({ namespace, workflow }))) this.#scan.hurry();
    });
    slots.onRoom(({ namespace, workflow }) => {
      if (!this.#cleared.has(keyOf(namespace, workflow))) this.#scan.hurry();
    });
    running.onRoom(() => this.#scan.hurry());
  }

  start(): void {
    this.#scan.start();
  }

  async stop(): Promise<void> {
    this.#timers.clear();
    await this.#scan.stop();
  }

  #onWritten({ before, after, record }: Written): void {
    const { readyAt } = indexOf(after);
    if (readyAt !== null) this.offer(after.birth.name, readyAt);
    if (record.report !== null || before.lease === null) return;
    const kept = after.run === before.run && after.lease?.epoch === before.lease.epoch;
    const lease = leaseRefOf(before, before.lease.epoch);
    this.#parts.polls.notify(before.lease.session, { lease, leaseLost: !kept });
  }

  /** Says that an instance is ready at a time: now, or soon. */
  offer(name: InstanceName, readyAt: EpochMs): void {
    const { clock, instances, store } = this.#parts;
    const now = clock.now();
    if (readyAt > now) {
      if (readyAt <= now + LOOKAHEAD_MS) this.#timers.set(name, readyAt);
      return;
    }
    if (this.#granting.has(nameText(name))) return;
    const known = instances.peek(name)?.state;
    if (store.exclusive && known !== undefined && known.lease !== null) return this.#suspects.suspect(name);
    if (this.#parts.slots.limited(name)) return this.#offerLimited(name, known);
    const ticket = this.#ticketFor(name);
    if (ticket === null) this.#cleared.delete(keyOf(name.namespace, name.workflow));
    else void this.#grant(name, ticket);
  }

  async #grant(name: InstanceName, ticket: Ticket): Promise<void> {
    const key = nameText(name);
    this.#granting.add(key);
    try {
      const moved = await this.#parts.instances.move(name, { kind: "grant", session: ticket.session });
      if (await this.#handOver(moved, ticket)) this.#suspects.clear(name);
      else this.#suspects.suspect(name);
    } catch (error) {
      this.#cleared.delete(keyOf(name.namespace, name.workflow));
      // What the index still shows of a removed instance.
      if (!isRefusal(error, "INSTANCE_NOT_FOUND")) this.#parts.log.warn({ ...name, error }, "grant failed");
    } finally {
      this.#granting.delete(key);
      ticket.release();
    }
  }

  /** Those of a limited workflow that wait already go first: the index has their order. */
  #offerLimited(name: InstanceName, known: InstanceState | undefined): void {
    const beside = known !== undefined && runsBesideLimit(known.birth, this.#parts.clock.now());
    if (beside || this.#cleared.has(keyOf(name.namespace, name.workflow))) void this.#grantLimited(name);
    else if (this.#parts.slots.mayHaveRoom(name)) this.#scan.hurry();
  }

  /** The place first, for the very lease that is granted then: what fails in between leaves a place too many taken, never one too few. */
  async #grantLimited(name: InstanceName): Promise<void> {
    const { instances, slots, clock, log } = this.#parts;
    const key = nameText(name);
    this.#granting.add(key);
    let ticket: Ticket | null = null;
    try {
      const state = await instances.load(name);
      const beside = runsBesideLimit(state.birth, clock.now());
      if (beside || slots.mayHaveRoom(name)) ticket = this.#ticketFor(name);
      const slot = ticket === null || beside ? null : await slots.take(state);
      if (ticket !== null && (beside || slot !== null)) await this.#grantAs(state, slot, ticket);
      else this.#leaveQueued(name);
    } catch (error) {
      this.#cleared.delete(keyOf(name.namespace, name.workflow));
      if (!isRefusal(error, "INSTANCE_NOT_FOUND")) log.warn({ ...name, error }, "grant failed");
    } finally {
      this.#granting.delete(key);
      ticket?.release();
    }
  }

  /** A place may have come free while this one looked in vain. */
  #leaveQueued(name: InstanceName): void {
    this.#cleared.delete(keyOf(name.namespace, name.workflow));
    if (this.#parts.slots.mayHaveRoom(name)) this.#scan.hurry();
  }

  async #grantAs({ birth, run, epoch }: InstanceState, slot: Slot | null, ticket: Ticket): Promise<void> {
    const { instances, slots } = this.#parts;
    const as = { uid: birth.uid, run, epoch: epoch + 1 };
    const moved = await instances.move(birth.name, { kind: "grant", session: ticket.session, as });
    if (await this.#handOver(moved, ticket)) return this.#suspects.clear(birth.name);
    this.#suspects.suspect(birth.name);
    if (slot !== null) await slots.drop(slot);
  }

  /** Delivers what a move has granted to a ticket's session, if anything, and gives the ticket back. Never rejects. */
  async deliver(moved: Moved, ticket: Ticket): Promise<void> {
    try {
      await this.#handOver(moved, ticket);
    } catch (error) {
      // The lease is found again by its session's heartbeat.
      this.#parts.log.warn({ ...moved.next.birth.name, error }, "task not delivered");
    } finally {
      ticket.release();
    }
  }

  /** Returns whether the move has granted anything to the ticket's session. */
  async #handOver({ before, next, recent, record }: Moved, ticket: Ticket): Promise<boolean> {
    const granted = record?.entries.some((entry) => entry.kind === "leaseGranted" && entry.session === ticket.session);
    if (record === null || granted !== true) return false;
    const { clock, store, settings } = this.#parts;
    const stepLimit = settings.limits(next.birth.name).steps;
    const lent = { before, after: next, recent: [...recent, record] };
    const task = await buildTask(store, lent, { now: clock.now(), stepLimit });
    if (!ticket.deliver(task)) await this.takeBack(task.lease);
    return true;
  }

  /** Takes a place in a poll for an instance that is handed over with its next record; null: it is to be offered. */
  reserve(name: InstanceName): Ticket | null {
    return this.#parts.slots.limited(name) ? null : this.#ticketFor(name);
  }

  /** In the poll of the worker that may still have it in memory, or of another. */
  #ticketFor(name: InstanceName): Ticket | null {
    const preferred = this.#parts.instances.peek(name)?.state.retained?.session ?? null;
    return this.#place(name, preferred);
  }

  /** The same for an instance that is about to be created. */
  reserveForNew(name: WorkflowName): Ticket | null {
    return this.#parts.slots.limited(name) ? null : this.#place(name, null);
  }

  #place({ namespace, workflow }: WorkflowName, preferred: string | null): Ticket | null {
    const { polls, running } = this.#parts;
    const ticket = polls.reserve(namespace, workflow, preferred);
    if (ticket === null || running.hasRoom()) return ticket === null ? null : running.hold(ticket);
    ticket.release();
    return null;
  }

  /** Takes back an instance that its worker never received. */
  async takeBack({ name, uid, run, epoch }: LeaseRef): Promise<void> {
    try {
      await this.#parts.instances.move(name, { kind: "loseLease", uid, run, epoch, reason: "undelivered" });
    } catch (error) {
      if (!isRefusal(error, "INSTANCE_NOT_FOUND")) throw error;
    }
  }

  async #pass(): Promise<void> {
    const { polls, slots, running } = this.#parts;
    // What nobody asks for is not looked for, and comes due all the same.
    this.#cleared.clear();
    const wanted = polls.demand();
    if (wanted.size > 0) await running.freshen();
    if (!running.hasRoom()) return;
    for (const [namespace, demand] of wanted) {
      const limited = demand.workflows.filter((workflow) => slots.limited({ namespace, workflow }));
      const workflows = demand.workflows.filter((workflow) => !limited.includes(workflow));
      if (workflows.length > 0) await this.#scanOpen(namespace, workflows, demand.slots);
      for (const workflow of limited) await this.#scanLimited({ namespace, workflow }, demand.slots);
    }
  }

  async #scanOpen(namespace: string, workflows: readonly string[], slots: number): Promise<void> {
    const { store, clock } = this.#parts;
    const limit = Math.min(slots + this.#granting.size, SCAN_LIMIT_MAX);
    for (const workflow of workflows) this.#cleared.add(keyOf(namespace, workflow));
    const ready = await store.ready({ namespace, workflows, until: clock.now() + LOOKAHEAD_MS, limit });
    for (const { name, readyAt } of ready) this.offer(name, readyAt);
    // A full page that is all due means that there may be more behind it.
    const last = ready.at(-1);
    if (ready.length === limit && last !== undefined && last.readyAt <= clock.now()) {
      for (const workflow of workflows) this.#cleared.delete(keyOf(namespace, workflow));
    }
  }

  /** As many as there are places: those that a timer wakes before those that have not begun. */
  async #scanLimited({ namespace, workflow }: WorkflowName, places: number): Promise<void> {
    const { store, slots, clock } = this.#parts;
    const room = await slots.room({ namespace, workflow });
    if (room === 0) return;
    const limit = Math.min(room, places, SCAN_LIMIT_MAX) + this.#granting.size;
    const query = { namespace, workflows: [workflow], limit };
    this.#cleared.add(keyOf(namespace, workflow));
    const parked = await store.ready({ ...query, until: clock.now(), parked: true });
    const all = await store.ready({ ...query, until: clock.now() + LOOKAHEAD_MS });
    for (const { name, readyAt } of [...parked, ...all]) this.offer(name, readyAt);
    const due = all.filter(({ readyAt }) => readyAt <= clock.now());
    if (parked.length + due.length >= limit) this.#cleared.delete(keyOf(namespace, workflow));
  }

  /** Whether a look at the index may find something to deal out. */
  #mayFind(name: WorkflowName): boolean {
    const { slots } = this.#parts;
    return (
      !this.#cleared.has(keyOf(name.namespace, name.workflow)) && (!slots.limited(name) || slots.mayHaveRoom(name))
    );
  }
}
