import type { DatabaseSync } from "node:sqlite";
import { sqliteCode } from "./database.ts";
import type { FileOperations } from "./file-operations.ts";
import type { Outcome, Requests, Written } from "./operations.ts";

type Request = Requests[number];

const SQLITE_IOERR = 10;

/** One transaction, and so one flush to disk, for all requests that came together. Each has its own outcome. */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #file: FileOperations;

  constructor(database: DatabaseSync, file: FileOperations) {
    this.#database = database;
    this.#file = file;
  }

  /** @throws when the disk fails: what is on it is then uncertain, and nothing more must be written. */
  run(requests: Requests): { readonly outcomes: readonly Outcome[]; readonly written: Written } {
    try {
      const values = this.#transaction(() => requests.map((request) => this.#do(request)));
      return { outcomes: values.map((value) => ({ value })), written: this.#file.takeWritten() };
    } catch (error) {
      if (sqliteCode(error) === SQLITE_IOERR) throw error;
      this.#file.takeWritten();
      return { outcomes: requests.map((request) => this.#runAlone(request)), written: this.#file.takeWritten() };
    }
  }

  /** After a failure: one request each, so that the one that cannot be done keeps none of the others from it. */
  #runAlone(request: Request): Outcome {
    try {
      return { value: this.#transaction(() => this.#do(request)) };
    } catch (error) {
      if (sqliteCode(error) === SQLITE_IOERR) throw error;
      return { error: error as Error };
    }
  }

  #do([name, values]: Request): unknown {
    const operation = this.#file.operations[name] as (...of: readonly unknown[]) => unknown;
    return operation(...values);
  }

  #transaction<T>(work: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}
