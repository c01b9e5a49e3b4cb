import { setTimeout as delay } from "node:timers/promises";
import type { EffectLog } from "./effect-log.ts";
import { type Answer, type Observation, observedError } from "./observation.ts";
import type { InstanceHandle, WorkflowBinding } from "./peer.ts";
import type { Moment, Move, Scenario } from "./scenario.ts";

/** A scenario takes well under a second; one that takes this long hangs. */
const SCENARIO_MS_MAX = 20_000;
const POLL_MS = 10;
const SETTLED: ReadonlySet<string> = new Set(["complete", "errored", "terminated"]);

/** Creates the scenario's instance, makes the moves, waits for the end and says what could be seen. */
export async function drive(scenario: Scenario, binding: WorkflowBinding, log: EffectLog): Promise<Observation> {
  const deadline = AbortSignal.timeout(SCENARIO_MS_MAX);
  const until = async (what: string, reached: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await reached())) {
      if (deadline.aborted)
        throw new Error(`"${scenario.name}" waits in vain for ${what}; recorded: ${log.effects.join(", ")}`);
      await delay(POLL_MS);
    }
  };

  const answers: Answer[] = [];
  const answered = async <T>(call: () => Promise<T>): Promise<T | null> => {
    try {
      const result = await call();
      answers.push("ok");
      return result;
    } catch (error) {
      answers.push(observedError(error));
      return null;
    }
  };

  const options = { id: scenario.id ?? "instance-1", ...("params" in scenario ? { params: scenario.params } : {}) };
  const instance = await answered(() => binding.create(options));
  if (instance === null) return { status: "refused", output: null, error: null, answers, effects: [], attempts: {} };

  for (const move of scenario.during ?? []) {
    await until(`the moment ${JSON.stringify(move.after)}`, () => isReached(move.after, instance, log));
    await answered(() => make(move, instance));
  }
  await until("the end", async () => SETTLED.has((await instance.status()).status));
  const { until: last } = scenario;
  if (last !== undefined) await until(`the effect ${last}`, () => log.has(last));

  const { status, output = null, error } = await instance.status();
  return {
    status,
    output,
    error: error ? { name: error.name, message: error.message } : null,
    answers,
    effects: scenario.anyOrder ? log.effects.toSorted() : [...log.effects],
    attempts: log.attempts,
  };
}

/** @throws {Error} when the instance has settled otherwise, since then the moment will not come. */
async function isReached(moment: Moment, instance: InstanceHandle, log: EffectLog): Promise<boolean> {
  if (moment === "created") return true;
  if ("effect" in moment && log.has(moment.effect)) return true;
  const { status } = await instance.status();
  if ("status" in moment && status === moment.status) return true;
  if (SETTLED.has(status))
    throw new Error(`is ${status} before ${JSON.stringify(moment)}; recorded: ${log.effects.join(", ")}`);
  return false;
}

async function make(move: Move, instance: InstanceHandle): Promise<void> {
  await (move.call === "sendEvent" ? instance.sendEvent(move.event) : instance[move.call]());
}
