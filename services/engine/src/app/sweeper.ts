import type { LeaseLostReason } from "../domain/entry.ts";
import { isRefusal } from "../domain/errors.ts";
import type { InstanceName } from "../domain/name.ts";
import type { LeasedHead, Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Instances } from "./instances.ts";
import type { Log } from "./log.ts";
import { Loop } from "./loop.ts";
import type { PollQueue } from "./poll-queue.ts";
import { Suspects } from "./suspects.ts";

/** Leased heads read at a time. */
const PAGE = 500;

export interface SweeperParts {
  readonly store: Store;
  readonly instances: Instances;
  readonly polls: PollQueue;
  readonly clock: Clock;
  readonly log: Log;
  readonly leaseMs: number;
}

/** Takes the leases of dead sessions back, so that others get their instances. */
export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #loop: Loop;
  readonly #suspects: Suspects;

  /** Looks for dead sessions six times in the life of a lease: an instance waits little longer than its lease. */
  constructor(parts: SweeperParts) {
    const { instances, clock, log, leaseMs } = parts;
    this.#parts = parts;
    this.#loop = new Loop("sweep", leaseMs / 6, () => this.#pass(), clock, log);
    this.#suspects = new Suspects(instances, clock, log);
  }

  start(): void {
    this.#loop.start();
  }

  /** A session is known to have ended: looks at once. */
  hurry(): void {
    this.#loop.hurry();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Takes all leases of a session back. Returns how many. */
  async release(session: string, reason: LeaseLostReason): Promise<number> {
    let released = 0;
    for await (const page of leasedPages(this.#parts.store, session)) {
      released += (await Promise.all(page.map((head) => this.loseLease(head, reason)))).filter(Boolean).length;
    }
    return released;
  }

  /** Takes one lease back, or settles an index that still shows one which has ended. Returns whether it was held. */
  async loseLease({ name, uid, run, epoch }: LeasedHead, reason: LeaseLostReason): Promise<boolean> {
    const move = { kind: "loseLease", uid, run, epoch, reason } as const;
    const moved = await this.#parts.instances.move(name, move).catch(unlessGone);
    if (moved?.record === null) this.#suspects.suspect(name);
    return moved !== null && moved.record !== null;
  }

  async #pass(): Promise<void> {
    const { store, polls, clock, log } = this.#parts;
    const holders = await store.leaseHolders();
    if (holders.length === 0) return;
    const alive = new Set(await store.aliveSessions(clock.now()));
    for (const session of holders.filter((holder) => !alive.has(holder))) {
      // Or its poll, still open here, would get them right back.
      polls.endSession(session);
      const leases = await this.release(session, "expired");
      log.info({ session, leases }, "leases of a dead session taken back");
    }
  }
}

function unlessGone(error: unknown): null {
  if (isRefusal(error, "INSTANCE_NOT_FOUND")) return null;
  throw error;
}

/** The heads leased to a session, page by page. */
export async function* leasedPages(store: Store, session: string): AsyncGenerator<readonly LeasedHead[]> {
  let after: InstanceName | null = null;
  for (;;) {
    const page: readonly LeasedHead[] = await store.leasedTo(session, after, PAGE);
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.name ?? null;
  }
}
