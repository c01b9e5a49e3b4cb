import { deserialize, serialize } from "bson";
import type { JournalRecord } from "../../domain/entry.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Head, HeadIndex } from "../../domain/head.ts";
import { nameText, type InstanceName } from "../../domain/name.ts";
import type { Workflow } from "../../domain/workflow.ts";
import {
  readBirth,
  readRecord,
  readStatus,
  readWorkflow,
  writeBirth,
  writeRecord,
  type PlainDocument,
} from "../document.ts";
import { wholeMs } from "../document/values.ts";
import type { JournalId, StoreCommit } from "../store.ts";
import type { AppendRow, HeadRow, IndexRow, NewHeadRow, WorkflowRow } from "./operations.ts";

export function newHeadRow({ birth, index }: Head): NewHeadRow {
  const { name, uid, createdAt } = birth;
  return {
    name: nameText(name),
    namespace: name.namespace,
    workflow: name.workflow,
    uid,
    createdAt: wholeMs(createdAt),
    birth: serialize(writeBirth(birth)),
    index: indexRow(index),
  };
}

export function appendRow({ name, journal, record, index, summon }: StoreCommit): AppendRow {
  return {
    name: nameText(name),
    uid: journal.uid,
    run: journal.run,
    position: record.position,
    record: serialize(writeRecord(record)),
    summon: summon === null ? null : { readyAt: wholeMs(summon.readyAt), status: summon.status },
    index: index === null ? null : indexRow(index),
  };
}

/** @throws {EngineError} CORRUPT_DOCUMENT. */
export function headOf(row: HeadRow): Head {
  return { birth: readBirth(row.name, parsed(row.birth, row.name)), index: indexOf(row) };
}

/** @throws {EngineError} CORRUPT_DOCUMENT. */
export function recordOf(journal: JournalId, position: number, record: Uint8Array): JournalRecord {
  return readRecord(journal, position, parsed(record, journal.uid));
}

/** @throws {EngineError} CORRUPT_DOCUMENT. */
export function workflowOf({ name, document }: WorkflowRow): Workflow {
  return readWorkflow(name, parsed(document, name));
}

/** Only the id may have slashes. @throws {EngineError} CORRUPT_DOCUMENT. */
export function nameOf(text: string): InstanceName {
  const [namespace, workflow, ...id] = text.split("/");
  if (namespace !== undefined && workflow !== undefined && id.length > 0)
    return { namespace, workflow, id: id.join("/") };
  throw new EngineError("CORRUPT_DOCUMENT", `"${text}" is not the name of an instance`, { instance: text });
}

function indexRow(index: HeadIndex): IndexRow {
  const { run, position, status, lease } = index;
  return {
    run,
    runStartedAt: wholeMs(index.runStartedAt),
    position,
    status,
    readyAt: wholeMsOrNull(index.readyAt),
    leaseSession: lease?.session ?? null,
    leaseEpoch: lease?.epoch ?? null,
    leaseGrantedAt: wholeMsOrNull(lease?.grantedAt ?? null),
    endedAt: wholeMsOrNull(index.endedAt),
    purgeAt: wholeMsOrNull(index.purgeAt),
  };
}

/** The columns' types are SQLite's to keep; what they mean together is looked at here. */
function indexOf(row: HeadRow): HeadIndex {
  const { run, runStartedAt, position, readyAt, endedAt, purgeAt } = row;
  const { leaseSession: session, leaseEpoch: epoch, leaseGrantedAt: grantedAt } = row;
  const lease = session === null || epoch === null || grantedAt === null ? null : { session, epoch, grantedAt };
  return { run, runStartedAt, position, status: readStatus(row.name, row.status), readyAt, lease, endedAt, purgeAt };
}

function wholeMsOrNull(at: number | null): number | null {
  return at === null ? null : wholeMs(at);
}

function parsed(bytes: Uint8Array, instance: string): PlainDocument {
  try {
    return deserialize(bytes);
  } catch (cause) {
    throw new EngineError("CORRUPT_DOCUMENT", `${instance}: what is stored is not a document`, { instance }, { cause });
  }
}
