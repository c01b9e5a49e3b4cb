import { LRUCache } from "lru-cache";
import { EngineError } from "../domain/errors.ts";
import { MINUTE_MS, SECOND_MS } from "../domain/time.ts";
import { WaitingPoll, type Ticket } from "./waiting-poll.ts";
import type { Notice, Poll, Polled } from "./worker-api.ts";
import type { Clock } from "./clock.ts";

/** Notices kept for a session between two of its polls, for how many sessions, and for how long. Beyond that, its heartbeat finds what it missed. */
const NOTICES_KEPT_MAX = 1_000;
const NOTICES_KEPT = { max: 10_000, ttl: MINUTE_MS };

/** The polls that wait on this replica, found by what they can run and by whose they are. */
export class PollQueue {
  readonly #clock: Clock;
  readonly #pollsMax: number;
  readonly #waiting = new Set<WaitingPoll>();
  /** Polls with free slots by "namespace/workflow", longest waiting first. */
  readonly #byWorkflow = new Map<string, Set<WaitingPoll>>();
  readonly #bySession = new Map<string, Set<WaitingPoll>>();
  readonly #notices = new LRUCache<string, Notice[]>(NOTICES_KEPT);
  #onFree: (poll: Poll) => void = () => {};
  #draining = false;

  constructor(clock: Clock, pollsMax: number) {
    this.#clock = clock;
    this.#pollsMax = pollsMax;
  }

  /** Polls that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Calls whenever a poll has come to wait with free slots, or got some back. */
  onFree(call: (poll: Poll) => void): void {
    this.#onFree = call;
  }

  /** @throws {EngineError} LIMIT_EXCEEDED when too many polls wait; SHUTTING_DOWN. */
  async wait(poll: Poll, signal: AbortSignal): Promise<Polled> {
    if (this.#draining) throw new EngineError("SHUTTING_DOWN", "this replica is shutting down; poll another");
    if (this.#waiting.size >= this.#pollsMax) {
      throw new EngineError("LIMIT_EXCEEDED", `${this.#pollsMax} polls wait here already`, {
        limitPolls: String(this.#pollsMax),
        retryDelayMs: String(SECOND_MS),
      });
    }
    const kept = this.#notices.get(poll.session);
    if (kept !== undefined) {
      this.#notices.delete(poll.session);
      return { tasks: [], notices: kept };
    }
    const waiting = new WaitingPoll(poll, (changed) => this.#index(changed));
    const abandon = (): void => waiting.abandon();
    signal.addEventListener("abort", abandon, { once: true });
    if (signal.aborted) abandon();
    const cancel = this.#clock.after(poll.holdMs, () => waiting.end());
    this.#enter(waiting);
    try {
      return await waiting.answered;
    } finally {
      cancel();
      signal.removeEventListener("abort", abandon);
      this.#leave(waiting);
    }
  }

  /** Takes a place in a poll that can run the workflow: one of the preferred session if there is one. */
  reserve(namespace: string, workflow: string, preferred: string | null): Ticket | null {
    const able = this.#byWorkflow.get(keyOf(namespace, workflow));
    if (able === undefined) return null;
    const own =
      preferred === null ? undefined : [...(this.#bySession.get(preferred) ?? [])].find((poll) => able.has(poll));
    const [longest] = able;
    return (own ?? longest)?.reserve() ?? null;
  }

  /** What could be handed out at most, by namespace. */
  demand(): ReadonlyMap<string, { readonly workflows: readonly string[]; readonly slots: number }> {
    const demand = new Map<string, { workflows: Set<string>; slots: number }>();
    for (const waiting of this.#waiting) {
      if (waiting.freeSlots <= 0) continue;
      const { namespace, workflows } = waiting.poll;
      const known = demand.get(namespace) ?? { workflows: new Set(), slots: 0 };
      for (const workflow of workflows) known.workflows.add(workflow);
      known.slots += waiting.freeSlots;
      demand.set(namespace, known);
    }
    return new Map(
      [...demand].map(([namespace, { workflows, slots }]) => [namespace, { workflows: [...workflows], slots }]),
    );
  }

  /** Tells a session through its poll, or with its next one here. */
  notify(session: string, notice: Notice): void {
    const [poll] = this.#bySession.get(session) ?? [];
    if (poll !== undefined) return poll.notify(notice);
    const kept = this.#notices.get(session) ?? [];
    if (kept.length < NOTICES_KEPT_MAX) kept.push(notice);
    this.#notices.set(session, kept);
  }

  /** Ends a session's polls, and forgets what was kept for it. */
  endSession(session: string): void {
    this.#notices.delete(session);
    for (const poll of this.#bySession.get(session) ?? []) poll.end();
  }

  /** Ends the polls of a worker's older sessions: whoever made them is not there any more. */
  endOlderSessions({ namespace, workerName, session }: Poll): void {
    for (const { poll } of this.#waiting) {
      const sameWorker = poll.namespace === namespace && poll.workerName === workerName;
      if (sameWorker && poll.session !== session) this.endSession(poll.session);
    }
  }

  /** Ends all polls and refuses new ones. */
  drain(): void {
    this.#draining = true;
    for (const poll of this.#waiting) poll.end();
  }

  #enter(waiting: WaitingPoll): void {
    this.#waiting.add(waiting);
    const { session } = waiting.poll;
    this.#bySession.set(session, (this.#bySession.get(session) ?? new Set()).add(waiting));
    this.#index(waiting);
  }

  #leave(waiting: WaitingPoll): void {
    this.#waiting.delete(waiting);
    const { session } = waiting.poll;
    const own = this.#bySession.get(session);
    own?.delete(waiting);
    if (own?.size === 0) this.#bySession.delete(session);
    this.#index(waiting);
  }

  #index(waiting: WaitingPoll): void {
    const free = waiting.freeSlots > 0 && this.#waiting.has(waiting);
    const { namespace, workflows } = waiting.poll;
    for (const workflow of workflows) {
      const key = keyOf(namespace, workflow);
      const able = this.#byWorkflow.get(key) ?? new Set();
      if (free) able.add(waiting);
      else able.delete(waiting);
      if (able.size > 0) this.#byWorkflow.set(key, able);
      else this.#byWorkflow.delete(key);
    }
    if (free) this.#onFree(waiting.poll);
  }
}

export function keyOf(namespace: string, workflow: string): string {
  return `${namespace}/${workflow}`;
}
