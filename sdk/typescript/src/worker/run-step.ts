import type { Duration } from "../duration.ts";
import { parseDo } from "../step-config-do.ts";
import { checkSleepUntil, parseSleep, parseSleepUntil } from "../step-config-sleep.ts";
import { parseWait } from "../step-config-wait.ts";
import { WorkflowStep, type WorkflowStepEvent, type WorkflowWaitOptions } from "../workflow-step.ts";
import { checkNoRollback, rollbackScope } from "./rollback-scope.ts";
import type { Run } from "./run.ts";

/** The `step` that `run` gets: checks arguments, and asks the pass for the rest. */
export class RunStep extends WorkflowStep {
  readonly #run: Run;
  readonly #stepLimit: number;

  /** @param stepLimit Steps that a run may have. */
  constructor(run: Run, stepLimit: number) {
    super();
    this.#run = run;
    this.#stepLimit = stepLimit;
  }

  override do<T>(...args: unknown[]): Promise<T> {
    return handled(async () => {
      const rollingBack = rollbackScope.getStore() === this.#run.identity;
      const limits = { steps: this.#run.stepsAsked + 1, stepsMax: this.#stepLimit, rollingBack };
      const { name, ...work } = parseDo(args, limits);
      return this.#run.do(name, work) as Promise<T>;
    });
  }

  override sleep(name: string, duration: Duration): Promise<void> {
    return handled(async () => {
      checkNoRollback(this.#run.identity);
      const { name: step, durationMs } = parseSleep(name, duration);
      await this.#run.sleep(step, { afterMs: durationMs });
    });
  }

  override sleepUntil(name: string, timestamp: Date | number): Promise<void> {
    return handled(async () => {
      checkNoRollback(this.#run.identity);
      const call = parseSleepUntil(name, timestamp);
      await this.#run.sleep(call.name, { atMs: call.untilMs }, () =>
        checkSleepUntil(call, this.#run.definition.rehearsal.now()),
      );
    });
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- see WorkflowStepEvent
  override waitForEvent<T = any>(name: string, options: WorkflowWaitOptions): Promise<WorkflowStepEvent<T>> {
    return handled(async () => {
      checkNoRollback(this.#run.identity);
      const call = parseWait(name, options);
      call.signal?.throwIfAborted();
      return this.#run.wait(call) as Promise<WorkflowStepEvent<T>>;
    });
  }
}

/** A promise that `run` may look at late, or never: a rejection that nobody awaits yet must not end the process. */
function handled<T>(ask: () => Promise<T>): Promise<T> {
  const promise = ask();
  promise.catch(() => {});
  return promise;
}
