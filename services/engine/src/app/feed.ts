import type { JournalRecord } from "../domain/entry.ts";
import { nameText, type InstanceName } from "../domain/name.ts";
import type { InstanceState } from "../domain/state.ts";

/** A record that this replica has just written. */
export interface Written {
  readonly before: InstanceState;
  readonly after: InstanceState;
  readonly record: JournalRecord;
}

export type Listener = (written: Written) => void;
export type CreatedListener = (created: InstanceState) => void;

/** Tells those who listen of every record that this replica writes. Others' records are found by reading. */
export class Feed {
  readonly #all = new Set<Listener>();
  readonly #created = new Set<CreatedListener>();
  readonly #byName = new Map<string, Set<Listener>>();

  /** Listens to all instances until the returned function is called. */
  onAny(listener: Listener): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  /** Listens to instances that this replica creates: called before any of them is handed out. */
  onCreated(listener: CreatedListener): () => void {
    this.#created.add(listener);
    return () => this.#created.delete(listener);
  }

  /** Listens to one instance until the returned function is called. */
  on(name: InstanceName, listener: Listener): () => void {
    const key = nameText(name);
    const listeners = this.#byName.get(key) ?? new Set();
    this.#byName.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#byName.delete(key);
    };
  }

  announce(created: InstanceState): void {
    for (const listener of this.#created) listener(created);
  }

  publish(written: Written): void {
    for (const listener of this.#all) listener(written);
    for (const listener of this.#byName.get(nameText(written.after.birth.name)) ?? []) listener(written);
  }
}
