import { setTimeout as delay } from "node:timers/promises";
import type { Instance } from "perdure/proto/perdure/v1/instance_pb";
import { isTransient } from "perdure/transport-errors";
import { type Engine, inNamespace } from "../engine.ts";
import { follow, type Followed } from "../instances/follow.ts";
import { PROMPTLY, type Ref } from "../instances/instance.ts";
import { isFinished } from "../instances/wait.ts";
import { refText } from "../show/text.ts";

/** How often new instances are looked for. Ours: a person who has just created one sees it at once. */
const LOOK_MS = 250;

/** Instances that are looked at, and followed, at once: the newest. */
const FOLLOWED_MAX = 100;

/** Makes what is called with each record of an instance that is followed now. */
export type NewListener = (instance: Instance) => (followed: Followed) => void;

/**
 * Follows the newest instances of an engine: those that are not finished at the start, and all that come. An instance
 * that is started anew is followed again.
 */
export class Newcomers {
  readonly #engine: Engine;
  readonly #newListener: NewListener;
  /** The newest run that was followed to its end, or is being followed. */
  readonly #runs = new Map<string, number>();
  readonly #following = new Set<string>();

  constructor(engine: Engine, newListener: NewListener) {
    this.#engine = engine;
    this.#newListener = newListener;
  }

  /** Runs until the signal fires. */
  async watch(signal: AbortSignal): Promise<void> {
    for (const instance of await this.#newest(signal)) {
      if (isFinished(instance)) this.#runs.set(refText(instance.ref), instance.run);
    }
    while (!signal.aborted) {
      for (const instance of await this.#newest(signal)) this.#look(instance, signal);
      await delay(LOOK_MS, undefined, { signal }).catch(() => {});
    }
  }

  #look(instance: Instance, signal: AbortSignal): void {
    const name = refText(instance.ref);
    if (this.#following.has(name) || this.#following.size >= FOLLOWED_MAX) return;
    if (instance.run <= (this.#runs.get(name) ?? 0)) return;
    this.#following.add(name);
    void this.#follow(instance, signal).finally(() => this.#following.delete(name));
  }

  async #follow(instance: Instance, signal: AbortSignal): Promise<void> {
    const name = refText(instance.ref);
    const listener = this.#newListener(instance);
    try {
      for await (const followed of follow(this.#engine, instance.ref as Ref, signal)) {
        this.#runs.set(name, followed.run);
        listener(followed);
      }
    } catch {
      // It is gone, or the engine is: what there is to follow shows at the next look.
    }
  }

  async #newest(signal: AbortSignal): Promise<readonly Instance[]> {
    try {
      const query = { ...inNamespace(this.#engine), pageSize: FOLLOWED_MAX };
      return (await this.#engine.calls.listInstances(query, { ...PROMPTLY, signal })).instances;
    } catch (error) {
      if (signal.aborted || isTransient(error, signal)) return [];
      throw error;
    }
  }
}
