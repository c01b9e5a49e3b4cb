import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Client, createClient } from "../../../../sdk/typescript/src/client.ts";
import { Calls } from "../../../../sdk/typescript/src/client/calls.ts";
import { CallingHandle } from "../../../../sdk/typescript/src/client/instance-handle.ts";
import type {
  WorkflowInstanceEvent,
  WorkflowInstanceEventType,
  WorkflowInstanceSubscription,
} from "../../../../sdk/typescript/src/client/subscription/event.ts";
import { serve } from "../../../../sdk/typescript/src/worker.ts";
import type { WorkflowInstance } from "../../../../sdk/typescript/src/workflow-binding.ts";
import { anEngine } from "../../../rpc/support/an-engine.ts";
import { SILENT } from "../../worker/support/memory-engine.ts";
import { type Script, workflow } from "../../worker/support/world.ts";

/** An engine on a socket and a client of it. */
async function anEngineAndClient(...interceptors: readonly Interceptor[]) {
  const { url } = await anEngine();
  const engine = createConnectTransport({ httpVersion: "2", baseUrl: url, interceptors: [...interceptors] });
  const client = createClient({ engine });
  return { url, client };
}

/** A worker for the workflow "w", ready. */
async function aWorker(engine: string, script: Script): Promise<void> {
  const worker = serve({ engine, workflows: { w: workflow(script) }, log: SILENT, graceMs: 0 });
  onTestFinished(() => worker.stop());
  await worker.ready;
}

/** A client of an engine with a worker for "w". */
async function aClient(script: Script, ...interceptors: readonly Interceptor[]): Promise<Client> {
  const { url, client } = await anEngineAndClient(...interceptors);
  await aWorker(url, script);
  return client;
}

/** Reads to the first event of a type, or to the end. */
async function readTo(events: WorkflowInstanceSubscription, last?: WorkflowInstanceEventType) {
  const seen: WorkflowInstanceEvent[] = [];
  for (;;) {
    const { done, value } = await events.next();
    if (done === true) return seen;
    seen.push(value);
    if (value.type === last) return seen;
  }
}

const all = async (instance: WorkflowInstance) => readTo(await instance.subscribe());

/** Events in short: "attempt_errored a-1 #2". */
function short(events: readonly WorkflowInstanceEvent[]): readonly string[] {
  return events.map((event) => {
    const { type, stepName, attempt } = event as { type: string; stepName?: string; attempt?: number };
    return [type, stepName, attempt && `#${attempt}`].filter((part) => part !== undefined).join(" ");
  });
}

const ids = (events: readonly WorkflowInstanceEvent[]) => events.map(({ eventId }) => eventId);

/** 1, 2 … n */
const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

const DONE = { done: true, value: undefined };
const BEGUN = ["workflow_queued", "workflow_started", "workflow_running"];
const stepDone = (name: string) => [
  `step_started ${name}`,
  `attempt_started ${name} #1`,
  `attempt_completed ${name} #1`,
  `step_completed ${name}`,
];

/** Two steps, then a wait for "go" between two more. */
const waitsForGo: Script = async (_event, step) => {
  await step.do("a", async () => 1);
  await step.do("b", async () => 2);
  const { payload } = await step.waitForEvent("w", { type: "go" });
  return step.do("c", async () => payload);
};
const UP_TO_WAIT = [...BEGUN, ...stepDone("a-1"), ...stepDone("b-1"), "wait_started w-1", "workflow_waiting"];
const AFTER_GO = ["wait_completed w-1", "workflow_running", ...stepDone("c-1"), "workflow_completed"];

/** Ends each watch by a lost connection after so many records, the last number for all further ones. */
function cutting(counts: readonly number[], beforeCut: () => Promise<void> = async () => {}): Interceptor {
  let watches = 0;
  return (next) => async (request) => {
    const response = await next(request);
    if (!response.stream || request.method.name !== "WatchInstance") return response;
    const count = counts[Math.min(watches, counts.length - 1)]!;
    watches += 1;
    return { ...response, message: cut(response.message, count, beforeCut) };
  };
}

async function* cut<T>(messages: AsyncIterable<T>, count: number, beforeCut: () => Promise<void>): AsyncGenerator<T> {
  let left = count;
  if (left > 0) {
    for await (const message of messages) {
      yield message;
      left -= 1;
      if (left === 0) break;
    }
    if (left > 0) return;
  }
  await beforeCut();
  throw new ConnectError("cut", Code.Unavailable);
}

describe("a subscription", () => {
  it("tells a finished instance from its creation to its end, and is done for ever", async () => {
    const client = await aClient(async (event, step) => {
      await step.do("a", async () => new Set([1]));
      return step.do("a", async () => new Map([["payload", event.payload]]));
    });
    const params = { at: new Date(5) };
    const instance = await client.workflow("w").create({ id: "i", params });
    await instance.waitForEnd();

    const events = await instance.subscribe();
    const seen = await readTo(events);
    expect(short(seen)).toEqual([...BEGUN, ...stepDone("a-1"), ...stepDone("a-2"), "workflow_completed"]);
    expect(ids(seen)).toEqual(upTo(seen.length));
    expect(new Set(seen.map(({ instanceId }) => instanceId))).toEqual(new Set(["i"]));
    expect(seen[1]).toMatchObject({ params });
    expect(seen[6]).toMatchObject({ output: new Set([1]) });
    expect(seen.at(-1)).toMatchObject({ output: new Map([["payload", params]]) });
    expect([await events.next(), await events.next()]).toEqual([DONE, DONE]);
    expect(await all(instance)).toEqual(seen);
  });

  it("tells what happens when it happens", async () => {
    const { url, client } = await anEngineAndClient();
    const instance = await client.workflow("w").create();
    const events = await instance.subscribe();
    expect(short(await readTo(events, "workflow_started"))).toEqual(["workflow_queued", "workflow_started"]);
    const running = readTo(events, "workflow_waiting");
    await aWorker(url, waitsForGo);
    expect(short(await running)).toEqual(UP_TO_WAIT.slice(2));
    const ending = readTo(events);
    await instance.sendEvent({ type: "go", payload: 7 });
    expect(short(await ending)).toEqual(AFTER_GO);
  });

  it("tells failures, retries, sleeps and time-outs in the model's order", async () => {
    const client = await aClient(async (_event, step) => {
      const retries = { limit: 1, delay: 20, backoff: "constant" } as const;
      const failing = step.do("r", { retries, timeout: "1 minute" }, async () => {
        throw new TypeError("no");
      });
      await failing.catch(() => {});
      await step.sleep("s", 50);
      await step.sleep("s", 0);
      await step.waitForEvent("w", { type: "go", timeout: 1_000 });
    });
    const instance = await client.workflow("w").create();
    await instance.waitForEnd();

    const seen = await all(instance);
    const ofModel = seen.filter(({ type }) => type !== "workflow_waiting" && type !== "workflow_running");
    expect(short(ofModel)).toEqual([
      "workflow_queued",
      "workflow_started",
      "step_started r-1",
      "attempt_started r-1 #1",
      "attempt_errored r-1 #1",
      "attempt_started r-1 #2",
      "attempt_errored r-1 #2",
      "step_errored r-1",
      "sleep_started s-1",
      "sleep_completed s-1",
      "sleep_started s-2",
      "sleep_completed s-2",
      "wait_started w-1",
      "wait_timed_out w-1",
      "workflow_errored",
    ]);
    const error = { name: "TypeError", message: "no" };
    expect(ofModel[2]).toMatchObject({
      config: { retries: { limit: 1, delay: 20, backoff: "constant" }, timeout: 60_000 },
    });
    expect(ofModel[4]).toMatchObject({ error, retryDelayMs: 20 });
    expect(ofModel[6]).not.toHaveProperty("retryDelayMs");
    expect(ofModel[8]).toMatchObject({ durationMs: 50 });
    expect(ofModel[12]).toMatchObject({ eventType: "go" });
    expect(ofModel[14]).toMatchObject({
      error: { name: "WorkflowTimeoutError", message: "Execution timed out after 1000ms" },
    });
    // Between, it waits and runs by turns.
    const waits = short(seen).filter((text) => text === "workflow_waiting" || text === "workflow_running");
    expect(waits).toEqual(waits.map((_, index) => (index % 2 === 0 ? "workflow_running" : "workflow_waiting")));
  });

  it("tells a pause and its end, and a termination", async () => {
    const reached = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    const client = await aClient(async (_event, step) => {
      await step.do("a", () => (reached.resolve(), opened.promise));
      await step.do("b", async () => {});
      await step.waitForEvent("w", { type: "never" });
    });
    const instance = await client.workflow("w").create();
    const events = await instance.subscribe();
    await reached.promise;
    await instance.pause();
    opened.resolve();
    const paused = await readTo(events, "workflow_paused");
    await instance.resume();
    const waiting = await readTo(events, "workflow_waiting");
    await instance.terminate();
    // The worker tells of the first step only when the step has ended.
    expect(short(paused).toSorted()).toEqual(
      [...BEGUN, ...stepDone("a-1"), "workflow_waiting_for_pause", "workflow_paused"].toSorted(),
    );
    expect(short([...paused.slice(-3), ...waiting, ...(await readTo(events))])).toEqual([
      "attempt_completed a-1 #1",
      "step_completed a-1",
      "workflow_paused",
      "workflow_running",
      ...stepDone("b-1"),
      "wait_started w-1",
      "workflow_waiting",
      "workflow_terminated",
    ]);
    expect(await all(instance)).toHaveLength(paused.length + waiting.length + 1);
  });

  it("goes on with the next run when the instance is restarted", async () => {
    const client = await aClient(waitsForGo);
    const instance = await client.workflow("w").create();
    const events = await instance.subscribe({ cursor: 2 });
    expect(short(await readTo(events, "workflow_waiting"))).toEqual(UP_TO_WAIT.slice(2));
    await instance.restart();
    const again = await readTo(events, "workflow_waiting");
    expect(short(again)).toEqual(UP_TO_WAIT);
    expect(ids(again)).toEqual(upTo(again.length));
    await instance.sendEvent({ type: "go" });
    expect(short(await readTo(events))).toEqual(AFTER_GO);
    expect(short(await all(instance))).toEqual([...UP_TO_WAIT, ...AFTER_GO]);
  });

  it("gives only what comes after its cursor and passes its filter, and ends though the end is hidden", async () => {
    const client = await aClient(waitsForGo);
    const instance = await client.workflow("w").create();
    await instance.sendEvent({ type: "go", payload: "p" });
    await instance.waitForEnd();
    const seen = await all(instance);
    const read = async (options: Parameters<WorkflowInstance["subscribe"]>[0]) =>
      readTo(await instance.subscribe(options));

    const completed = seen.filter(({ type }) => type === "step_completed");
    expect(completed).toHaveLength(3);
    expect(await read({ filter: ["step_completed"] })).toEqual(completed);
    expect(await read({ filter: ["step_completed"], cursor: completed[0]!.eventId })).toEqual(completed.slice(1));
    expect(await read({ cursor: seen.length - 1 })).toEqual(seen.slice(-1));
    expect(await read({ cursor: 0 })).toEqual(seen);
    expect(await read({ filter: [] })).toEqual([]);
    expect(await read({ cursor: 1_000 })).toEqual([]);
  });

  it("serves calls of next one by one", async () => {
    const client = await aClient(waitsForGo);
    const instance = await client.workflow("w").create();
    const events = await instance.subscribe();
    const total = UP_TO_WAIT.length + AFTER_GO.length;
    const calls = Array.from({ length: total + 2 }, () => events.next());
    await readTo(await instance.subscribe(), "workflow_waiting");
    await instance.sendEvent({ type: "go" });
    const results = await Promise.all(calls);
    expect(results.slice(total)).toEqual([DONE, DONE]);
    expect(ids(results.slice(0, total).map(({ value }) => value!))).toEqual(upTo(total));
  });

  it("refuses bad options", async () => {
    const { client } = await anEngineAndClient();
    const instance = await client.workflow("w").create();
    const refused = new Error("Invalid Workflow subscription options");
    await expect(instance.subscribe({ cursor: -1 })).rejects.toThrow(refused);
  });

  it("of an instance that is not there is refused", async () => {
    const { url } = await anEngineAndClient();
    const calls = new Calls(createConnectTransport({ httpVersion: "2", baseUrl: url }), undefined);
    const nobody = new CallingHandle(calls, "w", "nobody");
    await expect(nobody.subscribe()).rejects.toMatchObject({ name: "WorkflowError", code: "instance.not_found" });
  });

  it("is over when the instance is gone meanwhile", async () => {
    const [here, elsewhere] = [await anEngine(), await anEngine()].map(({ url }) =>
      createConnectTransport({ httpVersion: "2", baseUrl: url }),
    );
    const client = createClient({
      engine: { unary: here!.unary.bind(here), stream: elsewhere!.stream.bind(elsewhere) },
    });
    const events = await (await client.workflow("w").create()).subscribe();
    await readTo(events, "workflow_started");
    await expect(events.next()).rejects.toMatchObject({ name: "WorkflowError", code: "instance.not_found" });
    expect(await events.next()).toEqual(DONE);
  });
});

describe("a subscription that is let go of", () => {
  /** The signals of the watches that were opened. */
  function watched(): { readonly signals: AbortSignal[]; readonly interceptor: Interceptor } {
    const signals: AbortSignal[] = [];
    const interceptor: Interceptor = (next) => (request) => {
      if (request.method.name === "WatchInstance") signals.push(request.signal);
      return next(request);
    };
    return { signals, interceptor };
  }

  it("is done, also for who waits", async () => {
    const { signals, interceptor } = watched();
    const client = await aClient(waitsForGo, interceptor);
    const instance = await client.workflow("w").create();
    const events = await instance.subscribe();
    await readTo(events, "workflow_waiting");
    const pending = [events.next(), events.next()];
    events[Symbol.dispose]();
    expect(await Promise.all(pending)).toEqual([DONE, DONE]);
    expect(await events.next()).toEqual(DONE);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    events[Symbol.dispose]();
  });

  it("asks the engine for nothing when nobody has called next", async () => {
    const { signals, interceptor } = watched();
    const client = await aClient(waitsForGo, interceptor);
    const instance = await client.workflow("w").create();
    {
      using events = await instance.subscribe();
      expect(events).toHaveProperty("next");
    }
    expect(signals).toEqual([]);
  });

  it("by leaving its loop is done, too", async () => {
    const { signals, interceptor } = watched();
    const client = await aClient(waitsForGo, interceptor);
    const instance = await client.workflow("w").create();
    const events = await instance.subscribe();
    for await (const { type } of events) if (type === "step_completed") break;
    expect(await events.next()).toEqual(DONE);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe("a subscription over lost connections", () => {
  it("misses nothing and tells nothing twice", async () => {
    const client = await aClient(waitsForGo, cutting([1, 0, 1, 2, 0, 1, 1, Infinity]));
    const instance = await client.workflow("w").create();
    await instance.sendEvent({ type: "go" });
    await instance.waitForEnd();
    const seen = await all(instance);
    expect(ids(seen)).toEqual(upTo(seen.length));
    expect(await all(instance)).toEqual(seen);
  });

  it("begins anew when the instance was restarted meanwhile", async () => {
    const restart = async (): Promise<void> => {
      await instance.restart();
      // The next run's journal is longer than what was read of the one before.
      await readTo(await other.subscribe(), "workflow_waiting");
    };
    const { url, client } = await anEngineAndClient(cutting([1, Infinity], restart));
    await aWorker(url, waitsForGo);
    const instance = await client.workflow("w").create({ id: "i" });
    const second = createClient({ engine: url });
    onTestFinished(() => second.close());
    const other = await second.workflow("w").get("i");
    await readTo(await other.subscribe(), "workflow_waiting");

    const events = await instance.subscribe();
    const seen = await readTo(events, "workflow_waiting");
    const anew = ids(seen).lastIndexOf(1);
    expect(short(seen.slice(0, anew))).toEqual(UP_TO_WAIT.slice(0, anew));
    expect(short(seen.slice(anew))).toEqual(UP_TO_WAIT);
    expect(anew).toBeGreaterThan(0);
    events[Symbol.dispose]();
  });

  it("begins anew when the instance was restarted before the first look", async () => {
    const signals: AbortSignal[] = [];
    const restarting: Interceptor = (next) => async (request) => {
      if (request.method.name !== "WatchInstance") return next(request);
      signals.push(request.signal);
      if (signals.length === 1) await instance.restart();
      return next(request);
    };
    const client = await aClient(waitsForGo, restarting);
    const instance = await client.workflow("w").create();
    const events = await instance.subscribe();
    const seen = await readTo(events, "workflow_waiting");
    expect(short(seen)).toEqual(["workflow_queued", "workflow_started", ...UP_TO_WAIT]);
    expect(ids(seen)).toEqual([1, 2, ...upTo(UP_TO_WAIT.length)]);
    // The watch that told of another run than expected is not left open.
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    events[Symbol.dispose]();
  });
});

describe("a subscription to an instance that is restarted from a step", () => {
  /** Two steps at once, of which the later one ends first; then one more. */
  const script: Script = async (_, step) => {
    await step.do("a", async () => 1);
    const both = [step.do("b", () => bEnds), step.do("c", async () => 3)];
    await Promise.all(both);
    await step.do("d", async () => 4);
  };
  let bEnds: Promise<unknown>;

  const STARTS = ["workflow_queued", "workflow_started", "workflow_running"];
  const whole = (name: string) => [
    `step_started ${name}`,
    `attempt_started ${name} #1`,
    `attempt_completed ${name} #1`,
    `step_completed ${name}`,
  ];

  it("tells what stays with its numbers, and goes on after the highest number used", async () => {
    bEnds = Promise.resolve(2);
    const client = await aClient(script);
    const instance = await client.workflow("w").create();
    await instance.waitForEnd();
    const before = await all(instance);

    await instance.restart({ from: { name: "c" } });
    await instance.waitForEnd();
    const after = await all(instance);

    // What was told before the start of c, and of b also what came later.
    const start = before.findIndex((event) => short([event])[0] === "step_started c-1");
    const kept = before.filter((event, index) => index < start || short([event])[0]!.includes(" b-1"));
    expect(after.slice(0, kept.length)).toEqual(kept);
    expect(short(kept)).toEqual([...STARTS, ...whole("a-1"), ...whole("b-1")]);
    const own = after.slice(kept.length);
    expect(short(own)).toEqual(["workflow_running", ...whole("c-1"), ...whole("d-1"), "workflow_completed"]);
    expect(ids(own)).toEqual(own.map((_, index) => before.length + 1 + index));
    expect(await readTo(await instance.subscribe({ cursor: before.length }))).toEqual(own);
  });

  it("goes on from one such restart to the next, and begins anew with a whole restart", async () => {
    bEnds = Promise.resolve(2);
    const client = await aClient(script);
    const instance = await client.workflow("w").create();
    await instance.waitForEnd();
    for (const name of ["d", "c", "d"]) {
      const before = await all(instance);
      await instance.restart({ from: { name } });
      await instance.waitForEnd();
      const after = await all(instance);
      const kept = after.filter(({ eventId }) => eventId <= before.at(-1)!.eventId);
      expect(before).toEqual(expect.arrayContaining(kept));
      const expected = name === "c" ? [...whole("c-1"), ...whole("d-1")] : whole("d-1");
      expect(short(after.slice(kept.length))).toEqual(["workflow_running", ...expected, "workflow_completed"]);
      expect(after[kept.length]?.eventId).toBe(before.at(-1)!.eventId + 1);
    }
    await instance.restart();
    await instance.waitForEnd();
    const anew = await all(instance);
    expect(ids(anew)).toEqual(upTo(anew.length));
  });

  it("that follows it tells nothing twice", async () => {
    const held = Promise.withResolvers<number>();
    bEnds = held.promise;
    const client = await aClient(script);
    const instance = await client.workflow("w").create();
    const events = await instance.subscribe();
    const first = await readTo(events, "workflow_running");
    const started = await readTo(events, "step_completed");

    await instance.restart({ from: { name: "c" } });
    held.resolve(2);
    const rest = await readTo(events);

    const seen = [...first, ...started, ...rest];
    expect(ids(seen)).toEqual(ids(seen).toSorted((a, b) => a - b));
    expect(new Set(ids(seen)).size).toBe(seen.length);
    const told = await all(instance);
    expect(seen).toEqual(expect.arrayContaining(told));
    expect(seen.at(-1)).toMatchObject({ type: "workflow_completed" });
  });
});
