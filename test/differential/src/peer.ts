import type { Observation, ObservedError } from "./observation.ts";
import type { Scenario } from "./scenario.ts";

/** An engine that scenarios run in. */
export interface Peer {
  run(scenario: Scenario): Promise<Observation>;
}

/** The part of a workflow's binding that scenarios use; every peer offers it for one workflow class. */
export interface WorkflowBinding {
  create(options: { readonly id: string; readonly params?: unknown }): Promise<InstanceHandle>;
  /** Ids of any type, to try what the types forbid. */
  deleteBatch(ids: unknown): Promise<object>;
}

export interface InstanceHandle {
  status(): Promise<{
    readonly status: string;
    readonly output?: unknown;
    readonly error?: ObservedError | null | undefined;
  }>;
  sendEvent(event: { readonly type: string; readonly payload?: unknown }): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  terminate(options?: { readonly rollback: boolean }): Promise<void>;
  restart(options?: unknown): Promise<void>;
  delete(): Promise<void>;
  /** Calls on this very handle, one after another; for `status` the answer is its word. */
  each(calls: readonly HandleCall[]): Promise<readonly (string | ObservedError)[]>;
}

export type HandleCall = "status" | "pause" | "resume" | "terminate" | "restart" | "delete" | "sendEvent";
