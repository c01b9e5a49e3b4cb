import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createClient } from "perdure/client";
import { guard } from "../support/guardian.ts";

const ROOT = join(import.meta.dirname, "../..");
const FIXTURES = join(import.meta.dirname, "fixtures");

const STEPS = 10_000;

/** What a step may leave behind in memory: its key in the engine, its key and that it has ended in the worker; about 200 each. */
const BYTES_PER_STEP_MAX = { engine: 512, worker: 512 } as const;

let folder: string;
let processes: ChildProcess[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-long-"));
  processes = [];
});
afterEach(async () => {
  for (const child of processes) await end(child, "SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** A process that tells what its heap holds. */
function start(module: string, ...args: readonly string[]): ChildProcess {
  const execArgv = ["--expose-gc", "--import", join(FIXTURES, "heap-teller.ts")];
  const child = fork(module, args, { execArgv, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  child.once("exit", guard(child.pid!, undefined));
  child.stderr!.setEncoding("utf8").resume();
  processes.push(child);
  return child;
}

async function startEngine(): Promise<string> {
  const store = `sqlite:${join(folder, "long.db")}`;
  const engine = start(join(ROOT, "services/engine/src/main.ts"), "--store", store, "--listen", "127.0.0.1:0");
  let log = "";
  return new Promise((resolve, reject) => {
    engine.stderr!.on("data", (text: string) => {
      log += text;
      const url = /"url":"([^"]+)".*"engine serves"/.exec(log)?.[1];
      if (url !== undefined) resolve(url);
    });
    engine.once("exit", () => reject(new Error(`the engine ended:\n${log}`)));
  });
}

async function startWorker(url: string): Promise<ChildProcess> {
  const worker = start(join(FIXTURES, "long-worker.ts"), url);
  await once(worker, "message");
  return worker;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, "exit");
}

async function ask<T>(child: ChildProcess, question: string): Promise<T> {
  const answered = once(child, "message");
  child.send(question);
  const [answer] = await answered;
  return answer as T;
}

it("an instance of 10,000 steps leaves little behind for each in engine and worker, and another worker goes on from there", async () => {
  const url = await startEngine();
  const worker = await startWorker(url);
  const [engine] = processes;
  const client = createClient({ engine: url });
  const heaps = async () => {
    const { heapBytes: inEngine } = await ask<{ heapBytes: number }>(engine!, "heap");
    const { heapBytes: inWorker } = await ask<{ heapBytes: number }>(worker, "heap");
    return { engine: inEngine, worker: inWorker };
  };
  const stops = [STEPS / 10, STEPS - 1];
  const instance = await client.workflow("Long").create({ params: { steps: STEPS, stops } });
  const waits = async (n: number): Promise<void> => {
    for await (const { record } of client.instances.watch("Long", instance.id)) {
      const keys = record?.entries.map(({ entry }) => (entry.case === "waitStarted" ? entry.value.key?.name : null));
      if (keys?.includes(`after ${n}`) === true) return;
    }
  };

  await waits(stops[0]!);
  const before = await heaps();
  await instance.sendEvent({ type: "go", payload: null });
  await waits(stops[1]!);
  const after = await heaps();
  const steps = stops[1]! - stops[0]!;
  const grown = { engine: (after.engine - before.engine) / steps, worker: (after.worker - before.worker) / steps };
  expect(grown.engine).toBeLessThan(BYTES_PER_STEP_MAX.engine);
  expect(grown.worker).toBeLessThan(BYTES_PER_STEP_MAX.worker);
  expect(await ask(worker, "called")).toEqual({ called: STEPS - 1 });

  await end(worker, "SIGTERM");
  const next = await startWorker(url);
  await instance.sendEvent({ type: "go", payload: null });
  expect(await instance.result()).toBe((STEPS * (STEPS + 1)) / 2);
  expect(await ask(next, "called")).toEqual({ called: 1 });
  client.close();
}, 400_000);
