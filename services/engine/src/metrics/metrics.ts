import {
  collectDefaultMetrics,
  Gauge,
  Histogram,
  Registry,
  type OpenMetricsContentType,
  type RegistryContentType,
} from "prom-client";
import type { Clock } from "../app/clock.ts";
import type { App } from "../app/engine-app.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { MeteredCall, MetricsPage } from "../rpc/metrics-page.ts";
import type { Store } from "../store/store.ts";
import { meterInstances } from "./instance-metrics.ts";
import { measuredStore } from "./measured-store.ts";
import { meterStatuses } from "./status-counts.ts";
import { meterSteps } from "./step-metrics.ts";
import { WorkflowNames } from "./workflow-labels.ts";

/** From an answer out of memory to the longest poll, in seconds. */
const CALL_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 30, 60];

/** What a replica counts of itself. */
export class Metrics implements MetricsPage {
  readonly #register = openMetrics();
  readonly #calls: Histogram<"service" | "method" | "code">;

  constructor() {
    this.#calls = new Histogram({
      name: "perdure_rpc_seconds",
      help: "Calls by service, method and code. PollTasks, WaitInstance and the watches are held open on purpose.",
      labelNames: ["service", "method", "code"],
      buckets: CALL_SECONDS,
      registers: [this.#register],
    });
  }

  get contentType(): string {
    return this.#register.contentType;
  }

  /** The store, measured. */
  measure(store: Store): Store {
    return measuredStore(store, this.#register);
  }

  /** Begins to count what the use cases do. */
  meter(app: App, store: Store, clock: Clock): void {
    const register = this.#register;
    const names = new WorkflowNames();
    meterInstances(register, app.feed, names);
    meterSteps(register, app.feed, names);
    meterStatuses(register, { store, clock, names });
    meterPolls(register, app);
  }

  onCall({ service, method, code, ms }: MeteredCall): void {
    this.#calls.observe({ service, method, code }, ms / SECOND_MS);
  }

  async text(): Promise<string> {
    return Registry.merge([this.#register, processMetrics()]).metrics();
  }
}

function meterPolls(register: Registry, app: App): void {
  const held: Gauge = new Gauge({
    name: "perdure_polls_held",
    help: "Polls of workers that this replica holds open.",
    registers: [register],
    collect: () => held.set(app.pollsHeld()),
  });
}

let ofProcess: Registry | undefined;

/** Memory, event loop and the like: of the process, however many engines it has. Who is never asked does not measure them. */
function processMetrics(): Registry {
  if (ofProcess === undefined) {
    ofProcess = openMetrics();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

function openMetrics(): Registry {
  const register = new Registry<OpenMetricsContentType>();
  register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  // The library's own functions take the other type alone, and read the registry's.
  return register as Registry<RegistryContentType> as Registry;
}
