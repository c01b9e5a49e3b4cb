import { Histogram, type Registry } from "prom-client";
import { EngineError } from "../domain/errors.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { Store } from "../store/store.ts";

/** From a map in memory to a store that is about to be given up, in seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

type Operation = (...args: unknown[]) => Promise<unknown>;

/** The same store, with its operations timed and what they came to counted. */
export function measuredStore(store: Store, register: Registry): Store {
  const seconds = new Histogram({
    name: "perdure_store_seconds",
    help: "Operations of the store, by name and outcome: ok, what a write lost to (conflict, exists, held, lost), or the reason of an error.",
    labelNames: ["operation", "outcome"],
    buckets: SECONDS,
    registers: [register],
  });
  const measured = new Map<PropertyKey, Operation>();
  const measure = (operation: string, call: Operation): Operation => {
    return async (...args) => {
      const startedAt = performance.now();
      const observe = (outcome: string): void =>
        seconds.observe({ operation, outcome }, (performance.now() - startedAt) / SECOND_MS);
      try {
        const result = await call.apply(store, args);
        observe(outcomeOf(result));
        return result;
      } catch (error) {
        observe(error instanceof EngineError ? error.reason : "INTERNAL");
        throw error;
      }
    };
  };
  return new Proxy(store, {
    get(target, key) {
      const known = measured.get(key);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function" || typeof key !== "string") return value;
      const made = measure(key, value as Operation);
      measured.set(key, made);
      return made;
    },
  });
}

/** Most operations return what they found; some a word that says who was faster. */
function outcomeOf(result: unknown): string {
  switch (result) {
    case "conflict":
    case "exists":
    case "held":
    case "lost":
      return result;
    default:
      return "ok";
  }
}
