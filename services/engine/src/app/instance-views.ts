import type { Entry } from "../domain/entry.ts";
import { indexOf, isAtRest, type Head } from "../domain/head.ts";
import { isFinished } from "../domain/lifecycle.ts";
import type { InstanceName } from "../domain/name.ts";
import type { InstanceState } from "../domain/state.ts";
import type { Store } from "../store/store.ts";
import type { InstanceView } from "./caller-api.ts";
import type { Instances } from "./instances.ts";

/** Records read at a time to find the end of a finished run; it is in the last one but for settled indexes. */
const END_PAGE = { records: 16, bytes: 4 * 1_048_576 };

/** An instance as callers see it, without what only its journal has. */
export function viewOfHead({ birth, index }: Head): InstanceView {
  const { name, uid, createdAt, params, schedule } = birth;
  return { name, uid, createdAt, index, params, output: null, failure: null, rollback: null, schedule };
}

export function viewOfState(state: InstanceState): InstanceView {
  const view = viewOfHead({ birth: state.birth, index: indexOf(state) });
  return state.rollback === null ? view : { ...view, rollback: { outcome: "running" } };
}

/** Reads an instance with its output or failure. @throws {EngineError} INSTANCE_NOT_FOUND. */
export async function readView(store: Store, instances: Instances, name: InstanceName): Promise<InstanceView> {
  const head = await store.head(name);
  const view = head !== undefined && isAtRest(head.index) ? viewOfHead(head) : viewOfState(await instances.load(name));
  return isFinished(view.index.status) ? withEnd(store, view) : view;
}

/** Adds how a finished run ended. */
export async function withEnd(store: Store, view: InstanceView): Promise<InstanceView> {
  const journal = { uid: view.uid, run: view.index.run };
  const position = view.index.position;
  for (let after = position - 1; after >= 0; after = after === 0 ? -1 : Math.max(0, after - END_PAGE.records)) {
    const { records } = await store.journal(journal, after, END_PAGE);
    const end = records.find(({ entries }) => entries.some(isEnd));
    if (end !== undefined) return end.entries.reduce((seen, entry) => ({ ...seen, ...endOf(entry) }), view);
  }
  return view;
}

function isEnd(entry: Entry): boolean {
  return entry.kind === "instanceCompleted" || entry.kind === "instanceFailed" || entry.kind === "instanceTerminated";
}

/** A rollback ends in the record that ends its instance. */
function endOf(entry: Entry): Partial<Pick<InstanceView, "output" | "failure" | "rollback">> {
  if (entry.kind === "instanceCompleted") return { output: entry.output };
  if (entry.kind === "instanceFailed") return { failure: entry.failure };
  if (entry.kind === "rollbackCompleted") return { rollback: { outcome: "complete" } };
  return entry.kind === "rollbackFailed" ? { rollback: { outcome: "failed", failure: entry.failure } } : {};
}
