import type { JournalEntry, JournalRecord } from "../../../gen/perdure/v1/journal_pb.ts";
import { retrying } from "../../transport-retry.ts";
import type { Calls, InstanceKey } from "../calls.ts";
import { keyTextOf } from "./event-fields.ts";

const PAGE_SIZE = 500;

/** A run, and the key of the step at which it went on with the run before in the list; null when it began anew. */
export interface Ancestor {
  readonly run: number;
  readonly from: string | null;
}

/** Journals of an instance's runs, earlier ones included. Waits for an engine that is away. */
export class RunJournals {
  readonly #calls: Calls;
  readonly #ref: InstanceKey;
  readonly #signal: AbortSignal;

  constructor(calls: Calls, ref: InstanceKey, signal: AbortSignal) {
    this.#calls = calls;
    this.#ref = ref;
    this.#signal = signal;
  }

  async *records(run: number): AsyncGenerator<JournalRecord, void> {
    for (let seen = 0; ;) {
      const request = { ref: this.#ref, run, afterPosition: seen, pageSize: PAGE_SIZE };
      const call = () => this.#calls.once((bound) => this.#calls.rpc.getJournal(request, bound), this.#signal);
      const page = await retrying(call, { signal: this.#signal });
      yield* page.records;
      seen = page.records.at(-1)?.position ?? page.position;
      if (seen >= page.position) return;
    }
  }

  /** The runs that a run goes on with, oldest first, and itself: each but the first was restarted from a step. */
  async lineage(run: number): Promise<readonly Ancestor[]> {
    const lineage: Ancestor[] = [];
    for (let at = run; ;) {
      const origin = at === 1 ? null : await this.#originOf(at);
      lineage.unshift({ run: at, from: origin?.from ?? null });
      if (origin === null) return lineage;
      at = origin.run;
    }
  }

  /** A run of its own begins with the grant of a lease, or what callers do; never with a step. */
  async #originOf(run: number): Promise<{ readonly run: number; readonly from: string } | null> {
    for await (const { entries } of this.records(run)) {
      const origin = entries.map(originIn).find((found) => found !== null);
      if (origin !== undefined) return origin;
      if (entries.some(({ entry }) => entry.case === "leaseGranted")) return null;
    }
    return null;
  }
}

/** Whether a record is the last of those that a run has kept of an earlier one. */
export function endsKept({ entries }: JournalRecord): boolean {
  return entries.some(({ entry }) => entry.case === "restartedFrom");
}

function originIn({ entry }: JournalEntry): { readonly run: number; readonly from: string } | null {
  if (entry.case !== "restartedFrom") return null;
  return { run: entry.value.run, from: keyTextOf(entry.value.key) };
}
