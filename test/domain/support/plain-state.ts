import type { JournalRecord } from "../../../services/engine/src/domain/entry.ts";
import type { InstanceState } from "../../../services/engine/src/domain/state.ts";
import { keyText, type OpenStep } from "../../../services/engine/src/domain/step.ts";

/** A state as one plain value, its sets spelt out, so that two of them can be compared whole. */
export interface PlainState extends Omit<InstanceState, "open" | "finished" | "requestIds"> {
  readonly open: readonly OpenStep[];
  readonly finished: readonly string[];
  readonly requestIds: readonly string[];
}

/** Everything that the sets of a state could hold: what its records name. */
export interface Universe {
  readonly keys: ReadonlySet<string>;
  readonly requestIds: ReadonlySet<string>;
}

export function universeOf(records: readonly JournalRecord[]): Universe {
  const entries = records.flatMap((record) => record.entries);
  return {
    keys: new Set(entries.flatMap((entry) => ("key" in entry ? [keyText(entry.key)] : []))),
    requestIds: new Set(entries.flatMap((entry) => ("requestId" in entry ? (entry.requestId ?? []) : []))),
  };
}

export function plainState(state: InstanceState, { keys, requestIds }: Universe): PlainState {
  return {
    ...state,
    open: [...state.open.values()],
    buffered: [...state.buffered],
    finished: [...keys].filter((key) => state.finished.has(key)),
    requestIds: [...requestIds].filter((id) => state.requestIds.has(id)),
  };
}
