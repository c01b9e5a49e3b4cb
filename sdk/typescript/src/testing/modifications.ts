import type { OpenTimer } from "@perdure/engine/embedded";
import { encodeValue } from "../values/encode.ts";
import type { StepCallback } from "../worker/attempt.ts";
import { isStream } from "../worker/stream-chunks.ts";
import { readMockedStream, streamOf } from "./mocked-stream.ts";
import type { WorkflowInstanceModifier, WorkflowStepSelector } from "./modifier.ts";
import { type MockedFailure, StepMock } from "./step-mock.ts";
import { StepSet, textOf } from "./step-set.ts";

export interface MockedEvent {
  readonly type: string;
  readonly payload?: unknown;
}

/** What a test has changed of an instance, or of all instances that a session sees created. */
export class Modifications implements WorkflowInstanceModifier {
  readonly #onChange: () => void;
  #mocks = new Map<string, StepMock>();
  #sleeps = new StepSet();
  #retryDelays = new StepSet();
  #eventTimeouts = new StepSet();
  #events: MockedEvent[] = [];

  /** @param onChange Called when there may be something to do at once. */
  constructor(onChange: () => void = () => {}) {
    this.#onChange = onChange;
  }

  /** Events to send, in order. */
  get events(): readonly MockedEvent[] {
    return this.#events;
  }

  /** What is called in place of a step's callback; null: its own. */
  callbackOf(step: WorkflowStepSelector, attempt: number): StepCallback | null {
    return this.#mocks.get(textOf(step))?.callbackOf(attempt) ?? null;
  }

  /** Whether a timer is not to be waited for. */
  skips({ kind, step: { name, count } }: OpenTimer): boolean {
    const step = { name, index: count };
    switch (kind) {
      case "sleep":
        return this.#sleeps.has(step);
      case "retry":
        return this.#retryDelays.has(step);
      case "wait":
        return this.#eventTimeouts.has(step);
    }
  }

  /** The same changes; later ones of either are not the other's. */
  copy(): Modifications {
    const copy = new Modifications();
    copy.#mocks = new Map([...this.#mocks].map(([step, mock]) => [step, mock.copy()]));
    copy.#sleeps = this.#sleeps.copy();
    copy.#retryDelays = this.#retryDelays.copy();
    copy.#eventTimeouts = this.#eventTimeouts.copy();
    copy.#events = [...this.#events];
    return copy;
  }

  async disableSleeps(steps?: readonly WorkflowStepSelector[]): Promise<void> {
    this.#sleeps.add(steps);
    this.#onChange();
  }

  async disableRetryDelays(steps?: readonly WorkflowStepSelector[]): Promise<void> {
    this.#retryDelays.add(steps);
    this.#onChange();
  }

  async mockStepResult(step: WorkflowStepSelector, stepResult: unknown): Promise<void> {
    if (this.#mock(step).hasResult) {
      throw new Error(`[WorkflowIntrospector] Trying to mock step '${step.name}' multiple times!`);
    }
    if (!isStream(stepResult)) return this.#mock(step).succeed(() => stepResult);
    const chunks = readMockedStream(stepResult);
    this.#mock(step).succeed(async () => streamOf(await chunks));
    await chunks;
  }

  async mockStepError(step: WorkflowStepSelector, error: Error, times?: number): Promise<void> {
    this.#fail(step, { error }, times, "mock error");
  }

  async forceStepTimeout(step: WorkflowStepSelector, times?: number): Promise<void> {
    this.#fail(step, { error: null }, times, "force timeout");
  }

  async mockEvent(event: MockedEvent): Promise<void> {
    // A payload that cannot be sent is the test's mistake, and told to it.
    encodeValue(event.payload, { root: "payload" });
    this.#events.push(event);
    this.#onChange();
  }

  async forceEventTimeout(step: WorkflowStepSelector): Promise<void> {
    this.#eventTimeouts.add([step]);
    this.#onChange();
  }

  #fail(step: WorkflowStepSelector, failure: MockedFailure, times: number | undefined, what: string): void {
    if (this.#mock(step).hasResult) {
      throw new Error(`[WorkflowIntrospector] Trying to ${what} on step '${step.name}' after mocking its result!`);
    }
    if (times !== undefined && (!Number.isInteger(times) || times < 1)) {
      throw new RangeError(`A step fails a whole number of times, or always when none is given; not ${times}`);
    }
    this.#mock(step).fail(failure, times);
  }

  #mock(step: WorkflowStepSelector): StepMock {
    const mock = this.#mocks.get(textOf(step)) ?? new StepMock();
    this.#mocks.set(textOf(step), mock);
    return mock;
  }
}
