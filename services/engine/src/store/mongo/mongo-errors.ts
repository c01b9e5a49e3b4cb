import { MongoBulkWriteError, MongoError } from "mongodb";
import { EngineError } from "../../domain/errors.ts";

const DUPLICATE_KEY = 11_000;

/** Does something with the driver. @throws {EngineError} STORE_UNAVAILABLE for whatever the driver throws. */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof MongoError ? unavailable(error) : error;
  }
}

export function unavailable(cause: MongoError): EngineError {
  return new EngineError("STORE_UNAVAILABLE", `MongoDB: ${cause.message}`, {}, { cause });
}

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoError && error.code === DUPLICATE_KEY;
}

/** What became of each document of an unordered insert. */
export type Inserted = "inserted" | "duplicate" | EngineError;

/**
 * Sorts out what a failed unordered insert has done.
 *
 * @throws {EngineError} STORE_UNAVAILABLE when the outcome of all is unknown.
 */
export function insertedOf(error: unknown, documents: number): readonly Inserted[] {
  if (!(error instanceof MongoBulkWriteError)) throw error instanceof MongoError ? unavailable(error) : error;
  const failed = [error.writeErrors].flat();
  // Also the driver's form of "the whole command failed": neither inserted nor an error of its own.
  const accounted = error.result.insertedCount + failed.length === documents;
  if (!accounted || error.result.getWriteConcernError() !== undefined) throw unavailable(error);
  const outcomes: Inserted[] = Array.from({ length: documents }, () => "inserted");
  for (const { index, code, errmsg } of failed) {
    outcomes[index] =
      code === DUPLICATE_KEY ? "duplicate" : new EngineError("STORE_UNAVAILABLE", `MongoDB: ${errmsg ?? code}`);
  }
  return outcomes;
}
