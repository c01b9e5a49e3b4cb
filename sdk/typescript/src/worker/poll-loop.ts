import type { Client } from "@connectrpc/connect";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { setTimeout as delay } from "node:timers/promises";
import type { PollTasksResponse, WorkerService } from "../../gen/perdure/v1/worker_service_pb.ts";
import { reasonOf } from "../transport-errors.ts";
import { backoffMs } from "../transport-retry.ts";
import type { Log } from "./log.ts";

/** Polls open at once: while one brings its tasks, the other takes what comes. */
const POLLS_MAX = 2;

/** Slots of one poll. The contract's limit. */
const SLOTS_PER_POLL_MAX = 1_000;

/** How long the engine holds a poll open. Below the shortest idle time-out that proxies have by default. */
const HOLD_MS = 20_000;

/** How much longer than the engine's hold a poll may take before it counts as lost. */
const HOLD_MARGIN_MS = 10_000;

/** After an answer with nothing in it that came sooner than this, the next poll waits as long: an engine that holds none. */
const EMPTY_PAUSE_MS = 100;

/** Who polls, and what for. */
export interface Poller {
  readonly session: string;
  readonly workerName: string | undefined;
  readonly namespace: string | undefined;
  readonly workflows: readonly string[];
}

export interface PollLoopParts {
  readonly client: Pick<Client<typeof WorkerService>, "pollTasks">;
  readonly poller: Poller;
  /** Tasks that the worker could take now. */
  readonly freeSlots: () => number;
  readonly onAnswer: (answer: PollTasksResponse) => void;
  /** The session has ended; called once. */
  readonly onSessionLost: () => void;
  readonly log: Log;
}

/** Keeps a poll open for as long as the worker lives: a second one while there are slots that the first does not ask for. */
export class PollLoop {
  readonly #parts: PollLoopParts;
  readonly #stopped = new AbortController();
  #open = 0;
  /** Slots asked for by the open polls. */
  #asked = 0;
  #failures = 0;

  constructor(parts: PollLoopParts) {
    this.#parts = parts;
  }

  /**
   * Makes the session known to the engine, in a poll that is not held.
   * @throws ConnectError when the engine cannot be reached or refuses the worker.
   */
  async register(): Promise<void> {
    this.#parts.onAnswer(await this.#call(0, 0));
  }

  /** Opens the polls that are to be open. Call it when slots become free. */
  fill(): void {
    while (!this.#stopped.signal.aborted && this.#open < POLLS_MAX) {
      const unasked = Math.max(0, this.#parts.freeSlots() - this.#asked);
      if (this.#open > 0 && unasked === 0) return;
      const share = this.#open === 0 ? Math.ceil(unasked / POLLS_MAX) : unasked;
      void this.#poll(Math.min(share, SLOTS_PER_POLL_MAX));
    }
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #poll(slots: number): Promise<void> {
    this.#open += 1;
    this.#asked += slots;
    const begun = Date.now();
    try {
      const answer = await this.#call(slots, HOLD_MS);
      this.#failures = 0;
      if (!this.#stopped.signal.aborted) this.#parts.onAnswer(answer);
      const isEmpty = answer.tasks.length + answer.notices.length === 0;
      if (isEmpty && Date.now() - begun < EMPTY_PAUSE_MS) await this.#pause(EMPTY_PAUSE_MS);
    } catch (error) {
      await this.#onFailure(error);
    }
    this.#open -= 1;
    this.#asked -= slots;
    this.fill();
  }

  #call(slots: number, holdMs: number): Promise<PollTasksResponse> {
    const { session, workerName, namespace, workflows } = this.#parts.poller;
    const request = {
      session,
      ...(workerName !== undefined && { workerName }),
      ...(namespace !== undefined && { namespace }),
      workflows: [...workflows],
      slots,
      hold: durationFromMs(holdMs),
    };
    const { signal } = this.#stopped;
    return this.#parts.client.pollTasks(request, { signal, timeoutMs: holdMs + HOLD_MARGIN_MS });
  }

  async #onFailure(error: unknown): Promise<void> {
    const { signal } = this.#stopped;
    if (signal.aborted) return;
    if (reasonOf(error) === "SESSION_LOST") {
      this.stop();
      this.#parts.onSessionLost();
      return;
    }
    this.#failures += 1;
    this.#parts.log.warn({ error, failures: this.#failures }, "poll failed, trying again");
    await this.#pause(backoffMs(this.#failures));
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopped.signal }).catch(() => {});
  }
}
