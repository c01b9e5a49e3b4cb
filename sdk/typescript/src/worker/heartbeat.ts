import { createClient } from "@connectrpc/connect";
import { once } from "node:events";
import { Worker as Thread } from "node:worker_threads";
import { WorkerService } from "../../gen/perdure/v1/worker_service_pb.ts";
import { connectEngine, type EngineAddress } from "../transport.ts";
import { beat } from "./heartbeat-loop.ts";
import type { HeartbeatMessage, HeartbeatSetup, HeldMessage, PlainNotice } from "./heartbeat-messages.ts";
import { HeldRoll } from "./held-roll.ts";
import type { Log } from "./log.ts";

/** Between the end of a thread that failed and the start of the next. */
const RESTART_MS = 1_000;

export interface HeartbeatOptions {
  readonly engine: EngineAddress;
  readonly session: string;
  readonly positions: SharedArrayBuffer;
  readonly onNotices: (notices: readonly PlainNotice[]) => void;
  readonly onSessionLost: () => void;
  readonly log: Log;
}

/** Keeps a session and its leases alive. */
export interface Heartbeat {
  /** Heartbeats from now on: the engine knows the session. */
  begin(): void;
  /** Takes over leases. Call it before anything of theirs runs: it may block the event loop. */
  hold(held: HeldMessage): void;
  stop(): Promise<void>;
}

/**
 * Gets ready to heartbeat: in a thread of its own, or here where the engine is a transport, which no thread can share.
 * On a busy machine a thread takes longer to start than a session lives, so the session must not have begun yet.
 */
export async function startHeartbeat(options: HeartbeatOptions): Promise<Heartbeat> {
  const { engine } = options;
  if (typeof engine !== "string") return inlineHeartbeat(options);
  const heartbeat = new ThreadHeartbeat({ ...options, engine });
  await heartbeat.started;
  return heartbeat;
}

function inlineHeartbeat({ engine, positions, log, ...others }: HeartbeatOptions): Heartbeat {
  const stopped = new AbortController();
  const roll = new HeldRoll(positions);
  const client = createClient(WorkerService, connectEngine(engine).transport);
  const onFailure = (error: unknown, failures: number) => log.warn({ error, failures }, "heartbeat failed");
  let ended = Promise.resolve();
  return {
    begin: () => {
      ended = beat({ ...others, client, roll, onFailure }, stopped.signal);
    },
    hold: (held) => held.forEach(({ place, lease }) => roll.name(place, lease)),
    stop: () => {
      stopped.abort();
      return ended;
    },
  };
}

class ThreadHeartbeat implements Heartbeat {
  readonly started: Promise<unknown>;
  readonly #options: HeartbeatOptions & { readonly engine: string };
  /** All that was taken over, for a thread that has to be started anew. */
  readonly #held = new Map<number, HeldMessage[number]>();
  #thread: Thread;
  #stopping = false;

  constructor(options: HeartbeatOptions & { readonly engine: string }) {
    this.#options = options;
    this.#thread = this.#start();
    this.started = once(this.#thread, "message");
  }

  begin(): void {
    this.#send([]);
  }

  hold(held: HeldMessage): void {
    for (const one of held) this.#held.set(one.place, one);
    this.#send(held);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#thread.terminate();
  }

  #start(): Thread {
    const { engine, session, positions, log } = this.#options;
    const workerData: HeartbeatSetup = { engine, session, positions };
    // Hooks and flags of the process are for the workflows; the thread needs none.
    const thread = new Thread(threadUrl(), { workerData, execArgv: [], name: "perdure heartbeat" });
    thread.on("message", (message: HeartbeatMessage) => this.#onMessage(message));
    thread.on("error", (error) => log.error({ error }, "the heartbeat thread failed and is started anew"));
    thread.on("exit", () => {
      if (!this.#stopping) setTimeout(() => this.#restart(), RESTART_MS).unref();
    });
    return thread;
  }

  #restart(): void {
    if (this.#stopping) return;
    this.#thread = this.#start();
    this.#send([...this.#held.values()]);
  }

  #send(held: HeldMessage): void {
    this.#thread.postMessage(held);
  }

  #onMessage(message: HeartbeatMessage): void {
    switch (message.kind) {
      case "started":
        return;
      case "notices":
        return this.#options.onNotices(message.notices);
      case "sessionLost":
        // The thread ends by itself.
        this.#stopping = true;
        return this.#options.onSessionLost();
      case "failed":
        return this.#options.log.warn({ error: message.error, failures: message.failures }, "heartbeat failed");
    }
  }
}

/** Beside this file, and in the same language: TypeScript in the repository, JavaScript in the package. */
function threadUrl(): URL {
  return new URL(`./heartbeat-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
}
