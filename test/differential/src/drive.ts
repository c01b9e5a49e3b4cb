import { setTimeout as delay } from "node:timers/promises";
import type { EffectLog } from "./effect-log.ts";
import { type Answer, type Observation, observedError } from "./observation.ts";
import type { InstanceHandle, WorkflowBinding } from "./peer.ts";
import type { Moment, Move, Scenario } from "./scenario.ts";

/** A scenario takes well under a second; one that takes this long hangs. */
const SCENARIO_MS_MAX = 20_000;
const POLL_MS = 10;
const SETTLED: ReadonlySet<string> = new Set(["complete", "errored", "terminated", "gone"]);

type Status = Awaited<ReturnType<InstanceHandle["status"]>>;

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
  /** What was answered; null for an error. */
  const answered = async <T>(call: () => Promise<T>, told: (result: T) => Answer): Promise<T | null> => {
    try {
      const result = await call();
      answers.push(told(result));
      return result;
    } catch (error) {
      answers.push(observedError(error));
      return null;
    }
  };
  const id = scenario.id ?? "instance-1";
  const create = (given: { readonly params?: unknown }): Promise<InstanceHandle | null> =>
    answered(
      () => binding.create({ id, ...("params" in given ? { params: given.params } : {}) }),
      () => "ok",
    );

  let instance = await create(scenario);
  if (instance === null) return { status: "refused", output: null, error: null, answers, effects: [], attempts: {} };

  for (const move of scenario.during ?? []) {
    const current: InstanceHandle = instance;
    await until(`the moment ${JSON.stringify(move.after)}`, () => isReached(move.after, current, log));
    if (move.call === "create") instance = (await create(move)) ?? current;
    else
      await answered(
        () => make(move, current, binding),
        (value) => value ?? "ok",
      );
  }
  const last: InstanceHandle = instance;
  await until("the end", async () => SETTLED.has((await statusOf(last)).status));
  const { until: effect } = scenario;
  if (effect !== undefined) await until(`the effect ${effect}`, () => log.times(effect) > 0);

  const { status, output = null, error } = await statusOf(last);
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
  if ("effect" in moment && log.times(moment.effect) >= (moment.times ?? 1)) return true;
  const { status } = await statusOf(instance);
  if ("status" in moment && status === moment.status) return true;
  if (SETTLED.has(status))
    throw new Error(`is ${status} before ${JSON.stringify(moment)}; recorded: ${log.effects.join(", ")}`);
  return false;
}

async function statusOf(instance: InstanceHandle): Promise<Status> {
  try {
    return await instance.status();
  } catch (error) {
    if (observedError(error).message.includes("instance.not_found")) return { status: "gone" };
    throw error;
  }
}

type Made = Exclude<Move, { readonly call: "create" }>;

async function make(move: Made, instance: InstanceHandle, binding: WorkflowBinding): Promise<object | void> {
  switch (move.call) {
    case "sendEvent":
      return await instance.sendEvent(move.event);
    case "terminate":
      return await instance.terminate(move.options);
    case "restart":
      return await instance.restart(move.options);
    case "deleteBatch":
      return await binding.deleteBatch(move.ids);
    case "each":
      return await instance.each(move.calls);
    case "pause":
    case "resume":
    case "delete":
      return await instance[move.call]();
  }
}
