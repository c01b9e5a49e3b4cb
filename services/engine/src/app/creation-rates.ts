import { LRUCache } from "lru-cache";
import { EngineError } from "../domain/errors.ts";
import type { LoadLimits } from "../domain/limits.ts";
import { workflowText, type WorkflowName } from "../domain/name.ts";
import type { Clock } from "./clock.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Workflows whose rate is remembered. One that is forgotten was not created lately, and begins with a full bucket. */
const WORKFLOWS_MAX = 10_000;

/** Bounds how many instances this replica creates or restarts a second. */
export class CreationRates {
  readonly #limits: LoadLimits;
  readonly #clock: Clock;
  readonly #all: TokenBucket | null;
  readonly #byWorkflow = new LRUCache<string, TokenBucket>({ max: WORKFLOWS_MAX });

  constructor(limits: LoadLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#all = limits.creationsPerSecond === null ? null : new TokenBucket(limits.creationsPerSecond, clock.now());
  }

  /** Counts one more. @throws {EngineError} LIMIT_EXCEEDED, with when to try again. */
  admit(name: WorkflowName): void {
    const { creationsPerSecond, creationsPerSecondPerWorkflow } = this.#limits;
    if (creationsPerSecond === null && creationsPerSecondPerWorkflow === null) return;
    const now = this.#clock.now();
    const own = this.#ofWorkflow(name, now);
    // Both before either: what one refuses does not use the other up.
    const ownWaitMs = own?.waitMs(now) ?? 0;
    if (ownWaitMs > 0) throw refusal(`of workflow "${name.workflow}"`, creationsPerSecondPerWorkflow, ownWaitMs);
    const waitMs = this.#all?.waitMs(now) ?? 0;
    if (waitMs > 0) throw refusal("in all", creationsPerSecond, waitMs);
    own?.take();
    this.#all?.take();
  }

  #ofWorkflow(name: WorkflowName, now: number): TokenBucket | null {
    const perSecond = this.#limits.creationsPerSecondPerWorkflow;
    if (perSecond === null) return null;
    const key = workflowText(name);
    const known = this.#byWorkflow.get(key);
    if (known !== undefined) return known;
    const bucket = new TokenBucket(perSecond, now);
    this.#byWorkflow.set(key, bucket);
    return bucket;
  }
}

function refusal(whose: string, limit: number | null, retryDelayMs: number): EngineError {
  return new EngineError("LIMIT_EXCEEDED", `more than ${limit} creations and restarts a second ${whose}`, {
    limitCreationsPerSecond: String(limit),
    retryDelayMs: String(retryDelayMs),
  });
}
