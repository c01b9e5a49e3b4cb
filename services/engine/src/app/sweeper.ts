import type { LeaseLostReason } from "../domain/entry.ts";
import type { InstanceName } from "../domain/name.ts";
import type { LeasedHead, Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Instances } from "./instances.ts";
import type { Log } from "./log.ts";
import { Loop } from "./loop.ts";
import { Suspects } from "./suspects.ts";

/** Leased heads read at a time. */
const PAGE = 500;

/** Takes the leases of dead sessions back, so that others get their instances. */
export class Sweeper {
  readonly #store: Store;
  readonly #instances: Instances;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #loop: Loop;
  readonly #suspects: Suspects;

  /** Looks for dead sessions six times in the life of a lease: an instance waits little longer than its lease. */
  constructor(store: Store, instances: Instances, clock: Clock, log: Log, leaseMs: number) {
    this.#store = store;
    this.#instances = instances;
    this.#clock = clock;
    this.#log = log;
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
    for await (const page of leasedPages(this.#store, session)) {
      released += (await Promise.all(page.map((head) => this.loseLease(head, reason)))).filter(Boolean).length;
    }
    return released;
  }

  /** Takes one lease back, or settles an index that still shows one which has ended. Returns whether it was held. */
  async loseLease({ name, run, epoch }: LeasedHead, reason: LeaseLostReason): Promise<boolean> {
    const moved = await this.#instances.move(name, { kind: "loseLease", run, epoch, reason });
    if (moved.record === null) this.#suspects.suspect(name);
    return moved.record !== null;
  }

  async #pass(): Promise<void> {
    const holders = await this.#store.leaseHolders();
    if (holders.length === 0) return;
    const alive = new Set(await this.#store.aliveSessions(this.#clock.now()));
    for (const session of holders.filter((holder) => !alive.has(holder))) {
      const leases = await this.release(session, "expired");
      this.#log.info({ session, leases }, "leases of a dead session taken back");
    }
  }
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
