import type { Instance } from "../../../gen/perdure/v1/instance_pb.ts";
import type { Calls, InstanceKey } from "../calls.ts";
import { refusalOf } from "../refusals.ts";
import type { WorkflowInstanceEvent, WorkflowInstanceSubscription } from "./event.ts";
import type { Wanted } from "./options.ts";
import { RunHistory } from "./run-history.ts";
import { followRuns } from "./runs.ts";

/** Events of an instance. Nothing is sent until the first `next`, and nothing read that is not asked for. */
export class EventSubscription implements WorkflowInstanceSubscription {
  readonly #end = new AbortController();
  /** Serves calls of `next` one by one, by its nature. */
  readonly #events: AsyncGenerator<WorkflowInstanceEvent, void, undefined>;

  /** @param instance As it was found when the subscription was asked for. */
  constructor(calls: Calls, ref: InstanceKey, instance: Instance, wanted: Wanted) {
    this.#events = eventsOf(calls, ref, instance, wanted, this.#end.signal);
  }

  next(): Promise<IteratorResult<WorkflowInstanceEvent, void>> {
    return this.#events.next();
  }

  [Symbol.asyncIterator](): AsyncIterator<WorkflowInstanceEvent, void, undefined> {
    return {
      next: () => this.next(),
      return: async () => {
        this[Symbol.dispose]();
        return { done: true, value: undefined };
      },
    };
  }

  [Symbol.dispose](): void {
    this.#end.abort();
    // Fails at most with what the abort did, and nobody waits for that.
    this.#events.return().catch(() => {});
  }
}

async function* eventsOf(
  calls: Calls,
  ref: InstanceKey,
  instance: Instance,
  wanted: Wanted,
  signal: AbortSignal,
): AsyncGenerator<WorkflowInstanceEvent, void, undefined> {
  // The cursor is of the run that there was; each one after it is told from its beginning.
  let cursor = wanted.cursor;
  let history: RunHistory | null = null;
  try {
    for await (const told of followRuns(calls, ref, instance, signal)) {
      if (told.kind === "run") {
        if (history !== null) cursor = 0;
        history = new RunHistory(told.instance, (eventId, type) => eventId > cursor && wanted.has(type));
        yield* history.begin();
      } else if (history !== null) {
        yield* history.take(told.record);
        if (history.ended) return;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw refusalOf(error, "other", ref.instanceId);
  }
}
