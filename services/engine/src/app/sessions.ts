import { LRUCache } from "lru-cache";
import { EngineError } from "../domain/errors.ts";
import type { EpochMs } from "../domain/time.ts";
import type { Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Poll } from "./worker-api.ts";

const SESSIONS_KNOWN_MAX = 100_000;

/** Worker sessions: who may hold leases, and until when. The store has the truth; this replica remembers what it was told last. */
export class Sessions {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #known = new LRUCache<string, EpochMs>({ max: SESSIONS_KNOWN_MAX });

  constructor(store: Store, clock: Clock, leaseMs: number) {
    this.#store = store;
    this.#clock = clock;
    this.#leaseMs = leaseMs;
  }

  /**
   * Lets a session poll. Its first poll registers it, and says so.
   * @throws {EngineError} SESSION_LOST.
   */
  async admit(poll: Poll): Promise<"known" | "registered"> {
    const { session, namespace, workerName } = poll;
    if ((this.#known.get(session) ?? 0) > this.#clock.now()) return "known";
    await this.#extend({ id: session, namespace, workerName }, true);
    return "registered";
  }

  /** @throws {EngineError} SESSION_LOST when it ran out, ended, or never was. */
  async heartbeat(session: string): Promise<void> {
    await this.#extend({ id: session, namespace: "", workerName: null }, false);
  }

  /** Ends a session for good. */
  async end(session: string): Promise<void> {
    this.#known.delete(session);
    await this.#store.endSession(session);
  }

  async #extend(
    session: { id: string; namespace: string; workerName: string | null },
    register: boolean,
  ): Promise<void> {
    const now = this.#clock.now();
    const expiresAt = now + this.#leaseMs;
    if ((await this.#store.extendSession({ ...session, expiresAt }, now, register)) === "alive") {
      this.#known.set(session.id, expiresAt);
      return;
    }
    this.#known.delete(session.id);
    throw new EngineError("SESSION_LOST", "the session has ended; start a new one and drop all work", {
      session: session.id,
    });
  }
}
