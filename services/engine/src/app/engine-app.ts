import type { LoadLimits } from "../domain/limits.ts";
import type { Retention } from "../domain/state.ts";
import type { Store } from "../store/store.ts";
import { Blobs } from "./blobs.ts";
import type { CallerApi } from "./caller-api.ts";
import { Callers } from "./callers.ts";
import type { Clock } from "./clock.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Feed } from "./feed.ts";
import { Instances } from "./instances.ts";
import type { Log } from "./log.ts";
import { PollQueue } from "./poll-queue.ts";
import { Creations } from "./creations.ts";
import { CreationRates } from "./creation-rates.ts";
import { QueueLimit } from "./queue-limit.ts";
import { RetentionLoop } from "./retention.ts";
import { RunningLimit } from "./running-limit.ts";
import { Schedules } from "./schedules.ts";
import { Sessions } from "./sessions.ts";
import { Settings } from "./settings.ts";
import { SlotSweep } from "./slot-sweep.ts";
import { Slots } from "./slots.ts";
import { Sweeper } from "./sweeper.ts";
import type { WorkerApi } from "./worker-api.ts";
import type { WorkflowApi } from "./workflow-api.ts";
import { Workers } from "./workers.ts";
import { Workflows } from "./workflows.ts";

export interface AppConfig {
  readonly leaseMs: number;
  /** How long finished instances are kept that do not say so themselves. */
  readonly retention: Retention;
  /** Steps that a run may have. */
  readonly stepLimit: number;
  /** Bytes that an instance may store, streams included. */
  readonly instanceBytesMax: number;
  /** Long polls of workers held open at once. */
  readonly pollsMax: number;
  readonly load: LoadLimits;
}

/** One replica's use cases and loops over a store. */
export interface App {
  readonly callers: CallerApi;
  readonly workers: WorkerApi;
  readonly workflows: WorkflowApi;
  readonly instances: Instances;
  /** What this replica writes. */
  readonly feed: Feed;
  /** Long polls of workers that this replica holds open. */
  pollsHeld(): number;
  start(): void;
  /** Ends all polls and waits and refuses new ones; reports are still taken. */
  drain(): void;
  /** Stops the loops. The store stays open. */
  close(): Promise<void>;
}

export interface AppParts {
  readonly store: Store;
  readonly clock: Clock;
  /** What long polls are held by. Default `clock`: they differ where somebody moves the time of instances. */
  readonly pollClock?: Clock;
  readonly log: Log;
  readonly config: AppConfig;
}

export function createApp({ store, clock, pollClock = clock, log, config }: AppParts): App {
  const { leaseMs, stepLimit, instanceBytesMax, retention, load } = config;
  const defaults = { retention, limits: { steps: stepLimit, bytes: instanceBytesMax } };
  const settings = new Settings({ store, clock, log, defaults });
  const drained = new AbortController();
  const feed = new Feed();
  const instances = new Instances(store, clock, feed);
  const blobs = new Blobs({ store, instances, bytesMax: instanceBytesMax });
  const polls = new PollQueue(pollClock, config.pollsMax);
  const slots = new Slots({ store, settings, feed, clock, log });
  const running = new RunningLimit({ store, feed, clock, log, max: load.runningMax });
  const dispatcher = new Dispatcher({ store, instances, polls, feed, clock, log, settings, slots, running });
  const slotSweep = new SlotSweep({ store, instances, settings, slots, clock, log });
  const rates = new CreationRates(load, clock);
  const queue = new QueueLimit({ store, clock, log, max: load.queuedMax });
  const creations = new Creations({ store, instances, dispatcher, settings, clock, rates, queue });
  const schedules = new Schedules({ settings, creations, clock, log });
  settings.onChange((name) => {
    schedules.hurry();
    slots.doubt(name);
    slotSweep.hurry();
  });
  const sweeper = new Sweeper({ store, instances, polls, clock, log, leaseMs });
  const sessions = new Sessions(store, clock, leaseMs);
  const purges = new RetentionLoop(store, instances, clock, log);
  const draining = drained.signal;
  return {
    callers: new Callers({ store, instances, blobs, creations, rates, dispatcher, feed, clock, draining }),
    workers: new Workers({ store, instances, blobs, polls, sessions, sweeper, clock, leaseMs, settings, running }),
    workflows: new Workflows({ store, clock, settings, feed, draining }),
    instances,
    feed,
    pollsHeld: () => polls.size,
    start() {
      settings.start();
      running.start();
      dispatcher.start();
      schedules.start();
      slotSweep.start();
      sweeper.start();
      purges.start();
    },
    drain() {
      polls.drain();
      drained.abort();
    },
    async close() {
      await Promise.all([
        schedules.stop(),
        slotSweep.stop(),
        settings.stop(),
        dispatcher.stop(),
        sweeper.stop(),
        purges.stop(),
      ]);
      await slots.idle();
    },
  };
}
