import type { DifferenceName } from "../differences.ts";
import type { Observation } from "./observation.ts";
import type { HandleCall } from "./peer.ts";

/**
 * When a move is made: right after the one before, once an effect was recorded (so many times), or once the instance has a
 * status; that of a deleted one is "gone".
 */
export type Moment = "created" | { readonly effect: string; readonly times?: number } | { readonly status: string };

export type Move = { readonly after: Moment } & (
  | { readonly call: "sendEvent"; readonly event: { readonly type: string; readonly payload?: unknown } }
  | { readonly call: "pause" | "resume" | "delete" }
  | { readonly call: "terminate"; readonly options?: { readonly rollback: boolean } }
  | { readonly call: "restart"; readonly options?: unknown }
  /** Once more, under the same id. */
  | { readonly call: "create"; readonly params?: unknown }
  | { readonly call: "deleteBatch"; readonly ids: unknown }
  /** Calls on one and the same handle, one after another. */
  | { readonly call: "each"; readonly calls: readonly HandleCall[] }
);

/** Where Perdure means to differ from what was observed. */
export interface Difference {
  readonly because: DifferenceName;
  /** The fields that differ, with what Perdure shows in them. The others are the same. */
  readonly perdure: Partial<Observation>;
}

/** One instance of one workflow class, what is done to it from outside, and what may differ. */
export interface Scenario {
  /** A sentence about behaviour, unique among all scenarios. */
  readonly name: string;
  /** File under `workflows/` that exports the class. */
  readonly module: string;
  readonly className: string;
  /** JSON. Left out: the instance is created without params. */
  readonly params?: unknown;
  /** Instance id. Left out: `instance-1`. */
  readonly id?: string;
  /** Steps that the workflow may have. Left out: the engine's default. */
  readonly stepLimit?: number;
  /** Made one after another. */
  readonly during?: readonly Move[];
  /** The last effect, where it comes after the instance has settled. Left out: nothing is recorded after that. */
  readonly until?: string;
  /** The order of effects is not determined (parallel callbacks): they are compared sorted. */
  readonly anyOrder?: true;
  readonly differences?: readonly Difference[];
}
