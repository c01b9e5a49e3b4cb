import type { Instance } from "../../../gen/perdure/v1/instance_pb.ts";
import type { Calls, InstanceKey } from "../calls.ts";
import { refusalOf } from "../refusals.ts";
import type { WorkflowInstanceEvent, WorkflowInstanceSubscription } from "./event.ts";
import type { Wanted } from "./options.ts";
import { RunJournals } from "./lineage.ts";
import type { Wants } from "./run-history.ts";
import { followRuns } from "./runs.ts";
import { ToldHistory } from "./told-history.ts";

/** Events of an instance. Nothing is sent until the first `next`, and nothing read that is not asked for. */
export class EventSubscription implements WorkflowInstanceSubscription {
  readonly #end = new AbortController();
  /** Serves calls of `next` one by one, by its nature. */
  readonly #events: AsyncGenerator<WorkflowInstanceEvent, void, undefined>;

  /** @param instance As it was found when the subscription was asked for. */
  constructor(calls: Calls, ref: InstanceKey, instance: Instance, wanted: Wanted) {
    this.#events = eventsOf(calls, ref, instance, wanted, this.#end.signal);
  }

  next(): ReturnType<WorkflowInstanceSubscription["next"]> {
    return this.#events.next() as ReturnType<WorkflowInstanceSubscription["next"]>;
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
  let history: ToldHistory | null = null;
  let run = 0;
  const journals = new RunJournals(calls, ref, signal);
  try {
    for await (const told of followRuns(calls, ref, instance, signal)) {
      if (told.kind === "run") {
        const lineage = await journals.lineage(told.instance.run);
        const wants: Wants = (eventId, type) => eventId > cursor && wanted.has(type);
        const next: ToldHistory = new ToldHistory(told.instance, lineage, journals, wants);
        // A run that goes on with the one before goes on with its numbers.
        if (history !== null) cursor = next.goesOnWith(run) ? Math.max(cursor, history.eventId) : 0;
        history = next;
        run = told.instance.run;
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
