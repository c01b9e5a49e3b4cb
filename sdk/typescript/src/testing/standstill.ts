import type { Cancel, Clock, Moved } from "@perdure/engine/embedded";
import type { Log } from "../worker/log.ts";

/** How long nothing happens before a test is told why. Below the time that test runners give a test. */
export const STANDSTILL_MS = 3_000;

/** Instances that are told of at most. */
const INSTANCES_TOLD_MAX = 5;

/** Tells a test, once, that it may be waiting for what will not happen by itself. */
export class Standstill {
  readonly #machine: Clock;
  readonly #log: Log;
  #told = false;
  #cancel: Cancel = () => {};

  /** @param machine The time that the test takes. */
  constructor(machine: Clock, log: Log) {
    this.#machine = machine;
    this.#log = log;
  }

  begin(instances: readonly Moved[]): void {
    this.end();
    const waiting = instances.filter(({ timers }) => timers.length > 0);
    if (waiting.length > 0 && !this.#told) this.#cancel = this.#machine.after(STANDSTILL_MS, () => this.#tell(waiting));
  }

  end(): void {
    this.#cancel();
  }

  #tell(waiting: readonly Moved[]): void {
    this.#told = true;
    const instances = waiting.slice(0, INSTANCES_TOLD_MAX).map(waitingText);
    this.#log.warn({ instances }, "time stands still: send the events that are waited for, or call advance()");
  }
}

function waitingText({ name, timers }: Moved): string {
  const waits = timers.map(({ kind, step, eventTypes }) =>
    kind === "wait" ? `event ${eventTypes.join(" or ")} ("${step.name}")` : `${kind} "${step.name}"`,
  );
  return `${name.workflow}/${name.id}: ${waits.join(", ")}`;
}
