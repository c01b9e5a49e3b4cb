import type { Instance } from "../../../gen/perdure/v1/instance_pb.ts";
import type { JournalRecord } from "../../../gen/perdure/v1/journal_pb.ts";
import type { WorkflowInstanceEvent } from "./event.ts";
import { KeptEvents } from "./kept-events.ts";
import { type Ancestor, endsKept, type RunJournals } from "./lineage.ts";
import { RunHistory, type Wants } from "./run-history.ts";

/** The events of a run: its own, and before them those that it has kept of the runs it goes on with. */
export class ToldHistory {
  readonly #lineage: readonly Ancestor[];
  readonly #journals: RunJournals;
  readonly #history: RunHistory;
  /** How many runs of the lineage are over. */
  #over = 0;
  /** Whether the records to come are those that the run has kept. */
  #keeping = false;

  constructor(instance: Instance, lineage: readonly Ancestor[], journals: RunJournals, wants: Wants) {
    this.#lineage = lineage;
    this.#journals = journals;
    const kept = lineage.flatMap(({ from }) => (from === null ? [] : [new KeptEvents(from)]));
    this.#history = new RunHistory(
      instance,
      // What one restart has dropped, the next one has never heard of.
      (eventId, type, step) =>
        kept.slice(this.#over).every((each) => each.has(type, step)) && wants(eventId, type, step),
    );
  }

  get ended(): boolean {
    return this.#history.ended;
  }

  /** Of the newest event. */
  get eventId(): number {
    return this.#history.eventId;
  }

  /** Whether the run goes on with another one. */
  goesOnWith(run: number): boolean {
    return this.#lineage.some((ancestor) => ancestor.run === run);
  }

  /** The events that need no record of the run itself. */
  async *begin(): AsyncGenerator<WorkflowInstanceEvent, void> {
    yield* this.#history.begin();
    for (const { run } of this.#lineage.slice(0, -1)) {
      for await (const record of this.#journals.records(run)) yield* this.take(record);
      this.#over += 1;
      this.#history.beginNext();
      this.#keeping = true;
    }
  }

  /** The events of the next record. */
  take(record: JournalRecord): readonly WorkflowInstanceEvent[] {
    if (!this.#keeping) return this.#history.take(record);
    this.#history.inherit(record);
    this.#keeping = !endsKept(record);
    return [];
  }
}
