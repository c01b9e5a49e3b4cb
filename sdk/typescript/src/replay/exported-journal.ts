import { create, fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { type Instance, InstanceSchema } from "../../gen/perdure/v1/instance_pb.ts";
import { type JournalRecord, JournalRecordSchema } from "../../gen/perdure/v1/journal_pb.ts";
import { type Payload, PayloadSchema } from "../../gen/perdure/v1/payload_pb.ts";

/** What the file says of itself. */
const FORMAT = "perdure.journal";

/** Grows when an older reader could no longer read it. */
const VERSION = 1;

/** The journal of one run as a document: messages of the contract in protobuf's JSON. */
export interface ExportedJournal {
  readonly format: string;
  readonly version: number;
  /** Without its params. Of an earlier run only what holds for all runs: name, times of creation and schedule. */
  readonly instance: JsonValue;
  /** The run that the records are of, from 1. */
  readonly run: number;
  /** Null when the instance was created without. */
  readonly params: JsonValue;
  /** From the first on. Sensitive outputs are "[REDACTED]". */
  readonly records: readonly JsonValue[];
}

/** The journal of one run, as messages. */
export interface StoredRun {
  readonly instance: Instance;
  readonly run: number;
  readonly params: Payload | undefined;
  readonly records: readonly JournalRecord[];
}

/** A document is no journal that can be read here. */
export class JournalFormatError extends Error {
  override name = "JournalFormatError";
}

export function exportJournal({ instance, run, params, records }: StoredRun): ExportedJournal {
  const { ref, createTime, schedule } = instance;
  const lasting = { ...(ref && { ref }), ...(createTime && { createTime }), ...(schedule && { schedule }), run };
  const told = run === instance.run ? { ...instance } : create(InstanceSchema, lasting);
  delete told.params;
  return {
    format: FORMAT,
    version: VERSION,
    instance: toJson(InstanceSchema, told),
    run,
    params: params === undefined ? null : toJson(PayloadSchema, params),
    records: records.map((record) => toJson(JournalRecordSchema, record)),
  };
}

/** @throws JournalFormatError for anything else than what `exportJournal` gives; fields of newer engines are left out. */
export function importJournal(document: unknown): StoredRun {
  const { format, version, instance, run, params, records } = (document ?? {}) as Partial<ExportedJournal>;
  if (format !== FORMAT || typeof version !== "number") {
    throw new JournalFormatError(`it is no exported journal: its "format" is not "${FORMAT}"`);
  }
  if (version > VERSION) throw new JournalFormatError(`it has version ${version}; ${VERSION} is the newest known here`);
  if (typeof run !== "number" || instance === undefined || !Array.isArray(records)) {
    throw new JournalFormatError('it needs "instance", "run" and "records"');
  }
  try {
    return {
      instance: fromJson(InstanceSchema, instance, LENIENT),
      run,
      params: params === undefined || params === null ? undefined : fromJson(PayloadSchema, params, LENIENT),
      records: (records as JsonValue[]).map((record) => fromJson(JournalRecordSchema, record, LENIENT)),
    };
  } catch (error) {
    throw new JournalFormatError(`it cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

const LENIENT = { ignoreUnknownFields: true };
