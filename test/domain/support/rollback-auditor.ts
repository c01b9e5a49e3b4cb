import { isDeepStrictEqual } from "node:util";
import type { Entry, EntryOf } from "../../../services/engine/src/domain/entry.ts";
import type { Move } from "../../../services/engine/src/domain/move.ts";
import { keyText, type StepKey } from "../../../services/engine/src/domain/step.ts";
import { must } from "./violation.ts";

/** Holds a rollback against what must always hold of one: what is undone, in which order, and how it ends. */
export class RollbackAuditor {
  readonly #started: EntryOf<"rollbackStarted">;
  readonly #pending: StepKey[];
  /** A step could not be undone. */
  #broken = false;
  #ended = false;

  constructor(started: EntryOf<"rollbackStarted">, move: Move, undoable: readonly StepKey[]) {
    must(started.steps.length > 0, "nothing is rolled back");
    must(isDeepStrictEqual(started.steps, undoable), "steps are not undone in the order of their starts, newest first");
    const asked = started.cause === "failed" ? "report" : "rollBack";
    must(move.kind === asked, "a rollback that nobody asked for");
    this.#started = started;
    this.#pending = [...started.steps];
  }

  get ended(): boolean {
    return this.#ended;
  }

  endRecord(instanceEnded: boolean): void {
    must(this.#ended === instanceEnded, "a rollback and its instance do not end together");
    must(instanceEnded || (this.#pending.length > 0 && !this.#broken), "a rollback has nothing to do, and goes on");
  }

  read(entry: Entry, move: Move): void {
    switch (entry.kind) {
      case "stepStarted":
      case "stepCompleted":
      case "stepFailed":
      case "retryDue":
        return this.#undo(entry);
      case "rollbackCompleted":
        must(this.#pending.length === 0 && !this.#broken, "a rollback completes before all is undone");
        return this.#end();
      case "rollbackFailed":
        must(this.#broken || move.kind === "terminate", "a rollback fails though no step has");
        return this.#end();
      case "instanceFailed":
        must(this.#started.cause === "failed", "a termination ends as a failure");
        return must(isDeepStrictEqual(entry.failure, this.#started.failure), "the failure of run is forgotten");
      case "instanceTerminated":
        return must(
          this.#started.cause === "terminated" || move.kind === "terminate",
          "a failure ends as a termination",
        );
      case "leaseGranted":
      case "leaseLost":
      case "parked":
      case "eventAccepted":
      case "restartRequested":
      case "instanceRestarted":
      case "instancePurged":
        return;
      case "rollbackStarted":
      case "restartedFrom":
      case "sleepStarted":
      case "sleepCompleted":
      case "waitStarted":
      case "waitCompleted":
      case "waitTimedOut":
      case "waitCancelled":
      case "outcomeDelivered":
      case "pauseRequested":
      case "paused":
      case "resumed":
      case "instanceCompleted":
        return must(false, `${entry.kind} during a rollback`);
    }
  }

  #undo(entry: EntryOf<"stepStarted" | "stepCompleted" | "stepFailed" | "retryDue">): void {
    const text = keyText(entry.key);
    must(entry.key.kind === "rollback", `${entry.kind} of ${text} during a rollback`);
    must(!this.#broken, `${text} is undone after one that could not be`);
    const [next] = this.#pending;
    must(next !== undefined && keyText(next) === text, `${text} is undone out of turn`);
    if (entry.kind === "stepCompleted") this.#pending.shift();
    if (entry.kind === "stepFailed" && entry.retryAt === null) this.#broken = true;
  }

  #end(): void {
    must(!this.#ended, "a rollback ends twice");
    this.#ended = true;
  }
}
