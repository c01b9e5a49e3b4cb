import { setTimeout as delay } from "node:timers/promises";
import { type ObservedError, observedError } from "../observation.ts";
import type { InstanceHandle } from "../peer.ts";
import type { Program, ValueKind } from "./program.ts";
import { ANY_END, type Cue, scriptOf, type Window } from "./script.ts";
import type { Stage, ToldEvent } from "./stage.ts";
import { tracksOf } from "./tracks.ts";

/** A program takes some seconds; one that takes this long hangs, however busy the machine is. */
const PROGRAM_MS_MAX = 45_000;

/** After how long a subscription that broke is tried again. */
const AGAIN_MS = 20;

const ENDS: ReadonlySet<string> = new Set(["workflow_completed", "workflow_errored", "workflow_terminated"]);

/** What one program showed, the same in every engine. JSON. */
export interface Shown {
  readonly status: string;
  readonly output: unknown;
  readonly error: ObservedError | null;
  /** What each call answered: a command "ok", `status` its word. */
  readonly answers: readonly (string | ObservedError)[];
  /** Attempt numbers of the calls of each callback, by how-many-th run and step. */
  readonly attempts: Readonly<Record<string, readonly number[]>>;
  /** The last run's history, in one list for each line of work whose order is determined. */
  readonly tracks: Readonly<Record<string, readonly string[]>>;
}

/** An instance of the class that interprets programs, in whatever engine. */
export interface ProgramInstance extends Pick<InstanceHandle, "status" | "pause" | "resume" | "terminate" | "restart"> {
  sendEvent(event: { readonly type: string; readonly sends: ValueKind }): Promise<void>;
  /** Events from the first on, and those that come, until the end of a run or a connection. */
  follow(tell: (event: ToldEvent) => void, signal: AbortSignal): Promise<void>;
}

/** The machine was too busy for a command to come in time: nothing was learnt, and the program is to be begun anew. */
export class Missed extends Error {}

/** Creates a program's instance. */
export type Producer = (program: Program, id: string) => Promise<ProgramInstance>;

/** Runs a program, does to it what its script says, and tells what it showed. */
export async function direct(program: Program, create: () => Promise<ProgramInstance>, stage: Stage): Promise<Shown> {
  const stopping = new AbortController();
  const deadline = AbortSignal.timeout(PROGRAM_MS_MAX);
  const instance = await create();
  const answers: (string | ObservedError)[] = [];
  let follower = following(instance, stage, stopping.signal);
  for (const cue of scriptOf(program)) {
    try {
      await take(cue);
    } catch (error) {
      stopping.abort();
      if (error instanceof Missed) throw error;
      throw new Error(await stuckAt(JSON.stringify(cue)), { cause: error });
    }
  }
  await stage.until(hasEnded, deadline).catch(async () => {
    throw new Error(await stuckAt("the end"));
  });
  await follower.stop();
  const { status, output = null, error } = await instance.status();
  return {
    status,
    output,
    error: error ? { name: error.name, message: error.message } : null,
    answers,
    attempts: stage.attempts,
    tracks: tracksOf(stage.told),
  };

  async function take(cue: Cue): Promise<void> {
    switch (cue.cue) {
      case "reached":
        return await moment(() => stage.holds(cue.pass, cue.step));
      case "open":
        return stage.open(cue.pass, cue.step);
      case "told":
        return await moment(() => timesTold(cue.type, cue.stepName) >= cue.times);
      case "status":
        answers.push((await instance.status()).status);
        return;
      case "sendEvent":
        return await answered(() => instance.sendEvent({ type: cue.type, sends: cue.sends }));
      case "pause":
      case "resume":
      case "terminate": {
        const { cue: command, within } = cue;
        return await inTime(within, () => answered(() => instance[command]()));
      }
      case "restart":
        return await inTime(cue.within, restart);
    }
  }

  /** @throws {Missed} */
  async function inTime(window: Window | undefined, call: () => Promise<void>): Promise<void> {
    const begun =
      window && stage.told.find(({ type, stepName }) => type === window.type && stepName === window.stepName);
    await call();
    if (window !== undefined && begun !== undefined && Date.now() >= begun.at + window.ms) throw new Missed();
  }

  /** @throws when the run has ended before, since then the moment will not come. */
  async function moment(reached: () => boolean): Promise<void> {
    await stage.until(() => reached() || hasEnded(), deadline);
    if (!reached()) throw new Error("the run has ended");
  }

  /** Of the run before, nothing is told any more. */
  async function restart(): Promise<void> {
    await follower.stop();
    stage.restart();
    await answered(() => instance.restart());
    follower = following(instance, stage, stopping.signal);
  }

  async function answered(call: () => Promise<void>): Promise<void> {
    try {
      await call();
      answers.push("ok");
    } catch (error) {
      answers.push(observedError(error));
    }
  }

  function hasEnded(): boolean {
    return stage.told.some(({ type }) => ENDS.has(type));
  }

  function timesTold(type: string, stepName: string | undefined): number {
    if (type === ANY_END) return hasEnded() ? 1 : 0;
    return stage.told.filter((event) => event.type === type && event.stepName === stepName).length;
  }

  async function stuckAt(what: string): Promise<string> {
    const { status } = await instance.status().catch(() => ({ status: "unknown" }));
    return `${status}, waits in vain for ${what}; told ${JSON.stringify(tracksOf(stage.told))}`;
  }
}

/** Tells the stage of an instance's events until it is stopped or the run has ended, however often the connection breaks. */
function following(instance: ProgramInstance, stage: Stage, signal: AbortSignal): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const either = AbortSignal.any([stopping.signal, signal]);
  const hasEnded = (): boolean => ENDS.has(stage.told.at(-1)?.type ?? "");
  const follow = async (): Promise<void> => {
    while (!hasEnded() && !either.aborted) {
      let seen = 0;
      const tell = (event: ToldEvent): void => {
        seen += 1;
        if (!either.aborted && seen > stage.told.length) stage.tell(event);
      };
      await instance.follow(tell, either).catch(() => undefined);
      if (!hasEnded() && !either.aborted) await delay(AGAIN_MS);
    }
  };
  const done = follow();
  return {
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}
