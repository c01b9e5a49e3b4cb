import type { WorkflowInstanceEventType } from "./event.ts";

const STARTS: ReadonlySet<WorkflowInstanceEventType> = new Set(["step_started", "sleep_started", "wait_started"]);

/**
 * Which events of a run stay when the next one begins at a step: all that were told before the start of that step, and
 * those about the steps told of until then.
 */
export class KeptEvents {
  readonly #from: string;
  readonly #steps = new Set<string>();
  #reached = false;

  /** @param from The key of the step, as text. */
  constructor(from: string) {
    this.#from = from;
  }

  /** To be asked of each event, in order. */
  has(type: WorkflowInstanceEventType, step: string | null): boolean {
    const ofStep = step !== null && !type.startsWith("workflow_") ? step : null;
    if (STARTS.has(type) && ofStep === this.#from) this.#reached = true;
    if (this.#reached) return ofStep !== null && this.#steps.has(ofStep);
    if (ofStep !== null) this.#steps.add(ofStep);
    return true;
  }
}
