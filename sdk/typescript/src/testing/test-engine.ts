import type { Transport } from "@connectrpc/connect";
import type { Clock } from "@perdure/engine/embedded";
import { type Client, createClient, type WorkflowClient } from "../client.ts";
import { type Duration, parseDuration } from "../duration.ts";
import { consoleLog, type Log } from "../worker/log.ts";
import { serveWith } from "../worker/serve.ts";
import { namedClasses, type WorkflowClasses } from "../worker/worker-options.ts";
import { noteBinding } from "./bindings.ts";
import { importEngine } from "./engine-package.ts";
import { Introspection } from "./introspection.ts";
import { machineClock, TestClock } from "./test-clock.ts";
import { Standstill } from "./standstill.ts";
import { TimeKeeper, type TimeMode } from "./time-keeper.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- bindings of any params, of which nobody has said more
type AnyBindings = Readonly<Record<string, WorkflowClient<any, any>>>;

/** What a timer takes at most. */
const HOLD_INTERVAL_MS = 2_147_483_647;

/** How a test engine is set up. */
export interface TestEngineOptions<Env extends object = AnyBindings> {
  /** What it runs: classes, in a list under their own names, or by name. */
  readonly workflows: WorkflowClasses;
  /** What workflows find in `this.env` besides the bindings: fakes of buckets and services, say. */
  readonly env?: Partial<Env> | undefined;
  /** Bindings in `env`, by name: which workflow each leads to. Default: every workflow under its own name. */
  readonly bindings?: Readonly<Record<string, string>> | undefined;
  /** Default "default". */
  readonly namespace?: string | undefined;
  /** "skip": the clock jumps when all instances wait for it. "manual": only `advance` moves it. Default "skip". */
  readonly time?: TimeMode | undefined;
  /** When the engine's time begins. Default now. */
  readonly startAt?: Date | number | undefined;
  /** Default: warnings and errors to standard error. */
  readonly log?: Log | undefined;
}

/**
 * An engine and a worker in this process, in memory and without sockets, for tests of workflows.
 *
 * Its time is its own: it stands still while anything runs. Unless `time` is "manual" it jumps to the next timer when
 * all instances wait for one; not past what an event may still overtake (docs/testing.md). `Date.now()` in workflows is
 * the machine's.
 */
export interface TestEngine<Env extends object = AnyBindings> {
  /** What the workflows find in `this.env`. */
  readonly env: Env;
  /** Leads other clients and workers here: the `engine` of their options. */
  readonly transport: Transport;
  /** A binding of a workflow. @throws TypeError for one that this engine does not run. */
  workflow<Params = unknown, Output = unknown>(name: string): WorkflowClient<Params, Output>;
  /** The engine's time. */
  now(): Date;
  /**
   * Moves the time on. Timers on the way fire at their times, timeouts of events included, and what follows from each
   * happens before the next. Resolves when nothing is left to do; so a callback that hangs holds it.
   * @throws RangeError for what is no duration.
   */
  advance(duration: Duration): Promise<void>;
  /** The same, up to an instant: a Date, or ms since 1970. An instant in the past lets nothing pass. */
  advanceTo(instant: Date | number): Promise<void>;
  /** Stops everything; what was journaled is gone. A second call waits for the first. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a test engine. Give each test one of its own, as they take only milliseconds: then no test sees the instances or
 * the time of another.
 *
 * @typeParam Env What `this.env` holds in the workflows.
 * @throws Error that says what to install when `@perdure/engine` is missing; TypeError for options that cannot be.
 * @example
 * await using engine = await createTestEngine({ workflows: { Greet }, env: { BUCKET: bucket } });
 * const instance = await engine.workflow("Greet").create({ params: { name: "Ada" } });
 * console.log(await instance.result()); // though it sleeps for a week
 */
export function createTestEngine<Env extends object = AnyBindings>(
  options: TestEngineOptions<Env>,
): Promise<TestEngine<Env>> {
  return startTestEngine(options, machineClock);
}

/** @param patience The time in which a test is told that nothing will happen by itself. */
export async function startTestEngine<Env extends object = AnyBindings>(
  options: TestEngineOptions<Env>,
  patience: Clock,
): Promise<TestEngine<Env>> {
  const { workflows, namespace = "default", time: mode = "skip", startAt = Date.now(), log = consoleLog } = options;
  const { embedEngine } = await importEngine();
  const clock = new TestClock(Number(startAt));
  const engine = embedEngine({ clock, pollClock: machineClock, log });
  const { transport } = engine;
  const keeper = new TimeKeeper({ engine, clock, mode, standstill: new Standstill(patience, log) });
  const client = createClient({ engine: transport, namespace });
  const introspection = new Introspection({ engine, clock, keeper, client, namespace, log });
  const release = holdProcess();
  const stop = async (): Promise<void> => {
    keeper.close();
    await engine.close();
    introspection.end();
    release();
  };
  try {
    const names = new Set([...namedClasses(workflows)].map(([name]) => name));
    const workflow = bindings(client, introspection, names);
    const env = { ...boundEnv(options.bindings ?? ownNames(names), workflow), ...options.env } as Env;
    const worker = serveWith({ engine: transport, workflows, env, namespace, log, graceMs: 0 }, introspection);
    await worker.ready;
    const close = once(() => worker.stop().then(stop));
    return { env, transport, workflow, ...timeOf(clock, keeper), close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await stop();
    throw error;
  }
}

function timeOf(clock: TestClock, keeper: TimeKeeper): Pick<TestEngine, "now" | "advance" | "advanceTo"> {
  return {
    now: () => new Date(clock.now()),
    async advance(duration) {
      const ms = parseDuration(duration);
      if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`"${duration}" is no time to move on by`);
      await keeper.advanceTo(() => clock.now() + ms);
    },
    async advanceTo(instant) {
      const at = Number(instant);
      if (!Number.isFinite(at)) throw new RangeError("there is no such instant to move on to");
      await keeper.advanceTo(() => at);
    },
  };
}

/** Makes bindings that can be introspected: the same one for a name each time. */
function bindings(client: Client, introspection: Introspection, names: ReadonlySet<string>) {
  const made = new Map<string, WorkflowClient>();
  return <Params, Output>(name: string): WorkflowClient<Params, Output> => {
    if (!names.has(name)) {
      throw new TypeError(`This test engine runs no workflow "${name}", only ${[...names].join(", ")}`);
    }
    const binding = made.get(name) ?? noteBinding(client.workflow(name), { introspection, workflow: name });
    made.set(name, binding);
    return binding as WorkflowClient<Params, Output>;
  };
}

/** Keeps the process alive until it is released: nothing here has a socket or a timer that would. */
function holdProcess(): () => void {
  const timer = setInterval(() => {}, HOLD_INTERVAL_MS);
  return () => clearInterval(timer);
}

function ownNames(names: Iterable<string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...names].map((name) => [name, name]));
}

function boundEnv(
  byBinding: Readonly<Record<string, string>>,
  binding: (workflow: string) => WorkflowClient,
): Readonly<Record<string, WorkflowClient>> {
  return Object.fromEntries(Object.entries(byBinding).map(([name, workflow]) => [name, binding(workflow)]));
}

function once(call: () => Promise<void>): () => Promise<void> {
  let called: Promise<void> | undefined;
  return () => (called ??= call());
}
