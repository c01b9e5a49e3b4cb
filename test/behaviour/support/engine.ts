import { createRouterTransport, type Interceptor, type Transport } from "@connectrpc/connect";
import { WorkerService } from "perdure/proto/perdure/v1/worker_service_pb";
import { WorkflowService } from "perdure/proto/perdure/v1/workflow_service_pb";
import { createApp, type App, type AppConfig } from "../../../services/engine/src/app/engine-app.ts";
import { DEFAULT_CONFIG } from "../../../services/engine/src/platform/config.ts";
import { refusalInterceptor } from "../../../services/engine/src/rpc/refusal-interceptor.ts";
import { ruleInterceptor } from "../../../services/engine/src/rpc/rules.ts";
import { workerHandlers } from "../../../services/engine/src/rpc/worker-handlers.ts";
import { workflowHandlers } from "../../../services/engine/src/rpc/workflow-handlers.ts";
import type { Store } from "../../../services/engine/src/store/store.ts";
import { SkippingClock } from "./skipping-clock.ts";

export const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Longer than any sleep: time can be moved on without the loss of leases. */
const LEASE_MS = 10 * 365 * 86_400_000;

/** The whole engine over a store, reached without sockets. */
export class Engine {
  readonly clock = new SkippingClock();
  readonly #app: App;

  constructor(store: Store, config: Partial<AppConfig>) {
    const full = { ...DEFAULT_CONFIG, leaseMs: LEASE_MS, ...config };
    this.#app = createApp({ store, clock: this.clock, log: SILENT, config: full });
    this.#app.start();
  }

  /** A connection to the engine. */
  transport(...interceptors: readonly Interceptor[]): Transport {
    return createRouterTransport(
      (router) => {
        router.service(WorkerService, workerHandlers(this.#app.workers));
        router.service(WorkflowService, workflowHandlers(this.#app.callers, this.#app.workflows));
      },
      {
        router: { interceptors: [refusalInterceptor(SILENT), ruleInterceptor] },
        transport: { interceptors: [...interceptors] },
      },
    );
  }

  async close(): Promise<void> {
    this.#app.drain();
    await this.#app.close();
  }
}
