import type { JournalRecord } from "../domain/entry.ts";
import { EngineError } from "../domain/errors.ts";
import type { Head, HeadIndex } from "../domain/head.ts";
import type { InstanceName } from "../domain/name.ts";
import type { Status } from "../domain/lifecycle.ts";
import type { Workflow } from "../domain/workflow.ts";
import { Misfit, type Codec, type PlainDocument } from "./document/codec.ts";
import { birthBody, indexBody, name, status } from "./document/head.ts";
import { recordBody } from "./document/record.ts";
import { workflowBody, workflowName } from "./document/workflow.ts";
import type { JournalId } from "./store.ts";

/**
 * What heads and journal records look like in a store that outlives the process: plain documents, in BSON.
 *
 * A head is flat: `{namespace, workflow, id, uid, createdAt, params, retention, requestId?, handedTo?, run,
 * runStartedAt, position, status, readyAt?, lease?: {session, epoch, grantedAt}, endedAt?, purgeAt?}`. A record is
 * `{committedAt, report?: {epoch, sequence}, entries: [{kind, …}]}`; its run and position are in its key. Names are
 * the domain's; instants are dates; what is null there is left out here. A workflow is `{namespace, workflow, stepLimit?,
 * concurrencyLimit?, retention, schedules?: [{cron, madeUntil}], updatedAt, revision}`.
 */
export type { PlainDocument } from "./document/codec.ts";

export function writeRecord(record: JournalRecord): PlainDocument {
  return recordBody.write(record);
}

/** @throws {EngineError} CORRUPT_DOCUMENT. */
export function readRecord({ uid, run }: JournalId, position: number, document: unknown): JournalRecord {
  return { position, ...readAs(recordBody, document, { uid, run: String(run), position: String(position) }) };
}

export function writeBirth(birth: Head["birth"]): PlainDocument {
  return { ...name.write(birth.name), ...birthBody.write(birth) };
}

/** @throws {EngineError} CORRUPT_DOCUMENT. */
export function readBirth(of: string, document: unknown): Head["birth"] {
  return { name: readName(of, document), ...readAs(birthBody, document, { instance: of }) };
}

export function writeName(of: InstanceName): PlainDocument {
  return name.write(of);
}

/** @throws {EngineError} CORRUPT_DOCUMENT. */
export function readName(of: string, document: unknown): InstanceName {
  return readAs(name, document, { instance: of });
}

export function writeIndex(index: HeadIndex): PlainDocument {
  return indexBody.write(index);
}

/** @throws {EngineError} CORRUPT_DOCUMENT. */
export function readIndex(of: string, document: unknown): HeadIndex {
  return readAs(indexBody, document, { instance: of });
}

/** @throws {EngineError} CORRUPT_DOCUMENT. */
export function readStatus(of: string, value: unknown): Status {
  return readAs(status, value, { instance: of });
}

export function writeWorkflow(workflow: Workflow): PlainDocument {
  return { ...workflowName.write(workflow.name), ...workflowBody.write(workflow) };
}

/** @throws {EngineError} CORRUPT_DOCUMENT. */
export function readWorkflow(of: string, document: unknown): Workflow {
  return {
    name: readAs(workflowName, document, { workflow: of }),
    ...readAs(workflowBody, document, { workflow: of }),
  };
}

/** Where a document belongs, for the operator who will look at it. */
type Whereabouts = Readonly<Record<string, string>>;

function readAs<T>(codec: Codec<T>, document: unknown, whereabouts: Whereabouts): T {
  try {
    return codec.read(document);
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const where = Object.entries(whereabouts).map(([key, value]) => `${key} ${value}`);
    throw new EngineError("CORRUPT_DOCUMENT", `${where.join(", ")}: field "${error.path}" ${error.message}`, {
      ...whereabouts,
      field: error.path,
    });
  }
}
