import type { EpochMs } from "../../../services/engine/src/domain/time.ts";
import type { Store, StoreCommit } from "../../../services/engine/src/store/store.ts";

/** Knows of each instance that is parked when a timer will wake it. */
export class Parks {
  readonly #dueAt = new Map<string, EpochMs>();
  readonly #hastened = new Set<string>();
  readonly #skipTo: (instant: EpochMs) => void;

  /** @param skipTo Lets time go on to an instant. */
  constructor(skipTo: (instant: EpochMs) => void) {
    this.#skipTo = skipTo;
  }

  /** The same store, watched. */
  watch(store: Store): Store {
    return new Proxy(store, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== "function") return member;
        if (key !== "append") return member.bind(target) as unknown;
        return async (commit: StoreCommit) => {
          const outcome = await target.append(commit);
          if (outcome === "appended") this.#note(commit);
          return outcome;
        };
      },
    });
  }

  /** While something is awaited, time goes on to the timer of an instance whenever it is parked. */
  async hasten<T>(id: string, awaited: Promise<T>): Promise<T> {
    this.#hastened.add(id);
    this.#skip(id);
    try {
      return await awaited;
    } finally {
      this.#hastened.delete(id);
    }
  }

  #note({ name, index }: StoreCommit): void {
    if (index === null) return;
    if (index.status === "waiting" && index.readyAt !== null) this.#dueAt.set(name.id, index.readyAt);
    else this.#dueAt.delete(name.id);
    // When whoever appended has heard of it.
    setImmediate(() => this.#skip(name.id));
  }

  #skip(id: string): void {
    const dueAt = this.#dueAt.get(id);
    if (dueAt !== undefined && this.#hastened.has(id)) this.#skipTo(dueAt);
  }
}
