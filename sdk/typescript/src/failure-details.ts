import { types } from "node:util";
import { encodeValue, payloadBytes } from "./values/encode.ts";
import { errorParts, isError, ownProperties, rebuildError } from "./values/error-parts.ts";

/** Largest details of a failure, encoded. Clients of HTTP libraries hang whole responses on their errors. */
export const FAILURE_DETAILS_BYTES_MAX = 262_144;

/** How many causes of causes are followed. */
export const FAILURE_CAUSES_MAX = 16;

type Properties = readonly (readonly [key: string, value: unknown])[];

/**
 * Picks what can be stored of something that was thrown: one property too large, circular or alive must not
 * cost the others, and nothing that is thrown may keep its failure from being stored.
 */
export class FailureDetails {
  #bytesLeft = FAILURE_DETAILS_BYTES_MAX;
  /** Each error once: causes can lead back, and share causes. */
  readonly #seen = new Set<object>();

  constructor(thrown: object) {
    this.#seen.add(thrown);
  }

  /** An error's own properties, without those that cannot be stored; those of causes, causes of causes too. */
  properties(properties: Properties, depth = 0): [key: string, value: unknown][] {
    return properties.flatMap(([key, value]): [string, unknown][] => {
      const form = this.#withoutUnstorable(value, depth);
      return form !== SKIPPED && this.#fits(form) ? [[key, form]] : [];
    });
  }

  /** A thrown object that is no error: itself if it can be stored, else the properties that can. */
  object(thrown: object): unknown {
    if (types.isProxy(thrown)) return undefined;
    if (this.#fits(thrown)) return thrown;
    const kept = this.properties(ownProperties(thrown));
    return kept.length > 0 ? Object.fromEntries(kept) : undefined;
  }

  #withoutUnstorable(value: unknown, depth: number): unknown {
    if (typeof value !== "object" || value === null || types.isProxy(value)) return value;
    if (!Array.isArray(value) && !isError(value)) return value;
    if (this.#seen.has(value) || depth > FAILURE_CAUSES_MAX) return SKIPPED;
    this.#seen.add(value);
    if (Array.isArray(value)) {
      return value.map((item: unknown) => this.#withoutUnstorable(item, depth + 1)).filter((item) => item !== SKIPPED);
    }
    const parts = errorParts(value);
    return rebuildError({ ...parts, properties: this.properties(parts.properties, depth + 1) });
  }

  #fits(value: unknown): boolean {
    try {
      // As deep in arrays as it will be in the details.
      this.#bytesLeft -= payloadBytes(encodeValue([[value]], { bytesMax: this.#bytesLeft }));
      return true;
    } catch {
      return false;
    }
  }
}

const SKIPPED = Symbol("skipped");
