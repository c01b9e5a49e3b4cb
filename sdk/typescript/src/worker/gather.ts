import { operationBytes, type Operation, type StartStep } from "./operation.ts";

/** Operations of one commit. The engine's limit. */
export const OPERATIONS_PER_COMMIT_MAX = 1_000;

/** Payloads of one commit. The engine takes 12 MiB; a single operation has at most 1 MiB. */
export const COMMIT_BYTES_MAX = 8 * 1_048_576;

/** What a run has to report and has not reported yet, in order. */
export class Gather {
  #operations: Operation[] = [];
  #ended = false;

  get size(): number {
    return this.#operations.length;
  }

  /** Adds an operation, unless the end was added before. */
  add(operation: Operation): void {
    if (!this.#ended) this.#operations.push(operation);
  }

  /** Adds the end of the instance: nothing comes after it. Starts that are still to be will never be. */
  end(operation: Operation): void {
    this.dropUncalledStarts();
    this.add(operation);
    this.#ended = true;
  }

  /** Whether all of it can wait for something else to be reported: without it a replay comes to the same point. */
  get isPatient(): boolean {
    return this.#operations.every(
      (operation) =>
        operation.kind === "deliverOutcome" ||
        operation.kind === "cancelWait" ||
        (operation.kind === "startStep" && operation.calledAtMs !== null),
    );
  }

  get hasUncalledStarts(): boolean {
    return this.#operations.some(isUncalled);
  }

  /** The starts in the next commit whose callbacks have not been called. */
  uncalledStarts(): StartStep[] {
    return this.#operations.slice(0, this.#fitting()).filter(isUncalled);
  }

  /** Forgets starts that will never be, because the worker is stopping. */
  dropUncalledStarts(): void {
    this.#operations = this.#operations.filter((operation) => !isUncalled(operation));
  }

  clear(): void {
    this.#operations = [];
    this.#ended = false;
  }

  /** Takes what fits into one commit, in order. */
  take(): readonly Operation[] {
    return this.#operations.splice(0, this.#fitting());
  }

  #fitting(): number {
    let bytes = 0;
    let count = 0;
    for (const operation of this.#operations) {
      bytes += operationBytes(operation);
      if (count === OPERATIONS_PER_COMMIT_MAX || (bytes > COMMIT_BYTES_MAX && count > 0)) break;
      count += 1;
    }
    return count;
  }
}

function isUncalled(operation: Operation): operation is StartStep {
  return operation.kind === "startStep" && operation.calledAtMs === null;
}
