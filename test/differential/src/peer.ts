import type { Observation, ObservedError } from "./observation.ts";
import type { Scenario } from "./scenario.ts";

/** An engine that scenarios run in. */
export interface Peer {
  run(scenario: Scenario): Promise<Observation>;
}

/** The part of a workflow's binding that scenarios use; every peer offers it for one workflow class. */
export interface WorkflowBinding {
  create(options: { readonly id: string; readonly params?: unknown }): Promise<InstanceHandle>;
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
  terminate(): Promise<void>;
  restart(): Promise<void>;
}
