import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "perdure/worker";
import type { RunningWorker } from "../worker/running.ts";
import { Background } from "./background.ts";
import { CronTriggers } from "./cron-triggers.ts";
import { type Handlers, handlersOf } from "./handlers.ts";
import type { ProjectSummary } from "./messages.ts";
import type { PreparedProject } from "./prepared-project.ts";
import { WebApp } from "./web-app.ts";
import { WebServer } from "./web-server.ts";

/** What a report of steps that have just ended gets to reach the engine. */
const REPORT_MS = 500;

/** A whole project as it is served while it is developed: workflows, requests, cron triggers. */
export class ServedProject {
  readonly #prepared: PreparedProject;
  readonly #handlers: Handlers;
  readonly #background: Background;
  readonly #crons: CronTriggers;
  readonly #web: WebServer;
  #worker: RunningWorker | undefined;

  constructor(prepared: PreparedProject, log: Log) {
    const { module, environment, config } = prepared;
    this.#prepared = prepared;
    this.#handlers = handlersOf(module.defaultExport, environment.env);
    this.#background = new Background(log);
    const app = new WebApp(this.#handlers, this.#background, log);
    const crons = this.#handlers.scheduled === undefined ? [] : config.crons;
    this.#crons = new CronTriggers(crons, (cron, at) => void app.scheduled(cron, at));
    this.#web = new WebServer(app, log);
  }

  get summary(): ProjectSummary {
    const { module, config, environment } = this.#prepared;
    return {
      workflows: [...module.workflows.keys()],
      fetch: this.#handlers.fetch !== undefined,
      scheduled: this.#handlers.scheduled !== undefined,
      crons: config.crons,
      secretFiles: environment.secretFiles,
      warnings: [...this.#prepared.warnings, ...this.#handlerWarnings()],
    };
  }

  /** Resolves when the engine knows its workflows. @throws {CommandRefused} when it refuses them. */
  async serve(): Promise<void> {
    this.#worker = this.#prepared.serve();
    await this.#worker.ready;
    this.#crons.start();
  }

  accept(socket: Socket): void {
    this.#web.accept(socket);
  }

  /** Ends what can be ended in time, and drops the rest. */
  async stop(graceMs: number): Promise<void> {
    this.#crons.stop();
    const web = this.#web.stop(graceMs);
    const ended = Promise.all([web, this.#worker?.stop(), this.#background.settled(graceMs)]);
    await Promise.race([ended, delay(graceMs + REPORT_MS)]);
  }

  #handlerWarnings(): readonly string[] {
    const { scheduled, unheard } = this.#handlers;
    const crons = this.#prepared.config.crons.length > 0 && scheduled === undefined;
    return [
      ...unheard.map((name) => `the handler ${name} is never called here`),
      ...(crons ? ["triggers.crons: the module has no scheduled handler"] : []),
    ];
  }
}
