import { randomUUID } from "node:crypto";
import type { Entry, JournalRecord } from "../../../services/engine/src/domain/entry.ts";
import { indexOf, type Head, type HeadIndex } from "../../../services/engine/src/domain/head.ts";
import type { InstanceName } from "../../../services/engine/src/domain/name.ts";
import type { Payload } from "../../../services/engine/src/domain/payload.ts";
import { initialState } from "../../../services/engine/src/domain/state.ts";
import { NO_SETTINGS, type Workflow } from "../../../services/engine/src/domain/workflow.ts";
import type { Slot } from "../../../services/engine/src/store/slot-store.ts";
import type { ListQuery, Session, Store, StoreCommit } from "../../../services/engine/src/store/store.ts";

export const NOW = 1_700_000_000_000;

export const json = (value: unknown): Payload => ({ form: "json", text: JSON.stringify(value) });

export function aName(id: string, workflow = "greet", namespace = "default"): InstanceName {
  return { namespace, workflow, id };
}

/** A head of an instance that was just created, and so is queued. */
export function aHead(name: InstanceName, birth: Partial<Head["birth"]> = {}, index: Partial<HeadIndex> = {}): Head {
  const whole = {
    name,
    uid: randomUUID(),
    createdAt: NOW,
    params: json({}),
    retention: { successMs: 1_000, failureMs: 2_000 },
    requestId: null,
    handedTo: null,
    schedule: null,
    ...birth,
  };
  return { birth: whole, index: { ...indexOf(initialState(whole, 1, whole.createdAt)), ...index } };
}

export async function created(
  store: Store,
  name: InstanceName,
  birth: Partial<Head["birth"]> = {},
  index: Partial<HeadIndex> = {},
): Promise<Head> {
  const head = aHead(name, birth, index);
  if ((await store.create(head)) !== "created") throw new Error(`${name.id} exists`);
  return head;
}

export function aRecord(position: number, entries: readonly Entry[] = [{ kind: "parked" }]): JournalRecord {
  return { position, committedAt: NOW + position, report: { epoch: 1, sequence: position }, entries };
}

/** A record with a step's output, so that writers can be told apart. */
export function aResult(position: number, output: Payload): JournalRecord {
  return aRecord(position, [
    { kind: "stepCompleted", key: { kind: "do", name: "step", count: position }, attempt: 1, output, sensitive: false },
  ]);
}

/** The commit of a record to run 1 of an instance. */
export function aCommit({ birth }: Head, record: JournalRecord, commit: Partial<StoreCommit> = {}): StoreCommit {
  const journal = { uid: birth.uid, run: 1 };
  return { name: birth.name, journal, record, index: null, summon: null, awaitIndex: true, ...commit };
}

/** An index of a parked instance without a timer, unless the test says otherwise. */
export function anIndex(position: number, index: Partial<HeadIndex> = {}): HeadIndex {
  return {
    run: 1,
    runStartedAt: NOW,
    position,
    status: "waiting",
    readyAt: null,
    lease: null,
    endedAt: null,
    purgeAt: null,
    ...index,
  };
}

export function leasedBy(session: string, epoch = 1): Partial<HeadIndex> {
  return { status: "running", readyAt: null, lease: { session, epoch, grantedAt: NOW } };
}

export const EVERYTHING: ListQuery = {
  namespace: "default",
  workflow: null,
  statuses: [],
  createdFrom: null,
  createdBefore: null,
  after: null,
  limit: 1_000,
};

export function aSession(id: string, session: Partial<Session> = {}): Session {
  return { id, namespace: "default", workerName: null, expiresAt: NOW + 30_000, ...session };
}

export const GREET = { namespace: "default", workflow: "greet" };

export function aWorkflow(workflow: string, rest: Partial<Workflow> = {}): Workflow {
  const name = { namespace: "default", workflow };
  return { ...NO_SETTINGS, name, schedules: [], updatedAt: NOW, revision: "r1", ...rest };
}

/** A place of the workflow "greet". */
export function aSlot(place: number, id: string, epoch = 1): Slot {
  return {
    workflow: GREET,
    place,
    holder: { id, uid: `uid of ${id}`, run: 1, epoch },
    token: `token of ${id}`,
    takenAt: NOW,
  };
}

export const ALL = { records: 100_000, bytes: Infinity };
