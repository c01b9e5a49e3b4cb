import { type Client, createClient } from "perdure/client";
import { bindEnv } from "perdure/cloudflare/env";
import { bindExports } from "perdure/cloudflare/exports";
import { serve } from "perdure/worker";
import { EXIT } from "../exit-code.ts";
import { CommandRefused } from "../refusal.ts";
import type { ServingOptions } from "../worker/options.ts";
import { type Place, tellingRefusals, type RunningWorker } from "../worker/running.ts";
import type { ProjectConfig } from "./config.ts";
import { openEnvironment, type ProjectEnvironment } from "./environment.ts";
import { loadProjectModule, type ProjectModule } from "./module.ts";
import { settingsOf } from "./settings-of.ts";
import { shownPath } from "./shown-path.ts";

/** How a project's workflows are served. */
export type ProjectOptions = Pick<ServingOptions, "env" | "slots" | "cacheSize" | "grace">;

/** A project whose code is loaded, and that nobody has heard of yet. */
export class PreparedProject {
  readonly config: ProjectConfig;
  readonly module: ProjectModule;
  readonly environment: ProjectEnvironment;
  readonly #options: ProjectOptions;
  readonly #place: Place;
  readonly #client: Client;

  private constructor(
    config: ProjectConfig,
    environment: ProjectEnvironment,
    module: ProjectModule,
    options: ProjectOptions,
    place: Place,
    client: Client,
  ) {
    this.config = config;
    this.module = module;
    this.environment = environment;
    this.#options = options;
    this.#place = place;
    this.#client = client;
  }

  /** @throws {CommandRefused} when its code cannot be loaded, or lacks a class. */
  static async load(config: ProjectConfig, options: ProjectOptions, place: Place): Promise<PreparedProject> {
    const { engine, namespace } = place;
    const client = createClient({ engine, namespace });
    const environment = await openEnvironment(config, options.env, client);
    // Before the module: as in Workers, its top level may read `env`.
    bindEnv(environment.env);
    bindExports(environment.exports);
    const module = await loadProjectModule(config);
    return new PreparedProject(config, environment, module, options, place, client);
  }

  /** What may not be as a person thinks. */
  get warnings(): readonly string[] {
    return [...this.config.warnings, ...this.environment.warnings];
  }

  /** Serves its workflows; without any, none. */
  serve(): RunningWorker {
    const { workflows } = this.module;
    const { engine, namespace, workerName, log } = this.#place;
    const { slots, cacheSize, grace: graceMs } = this.#options;
    const { env } = this.environment;
    const settings = settingsOf(this.config.workflows.served.values());
    const worker =
      workflows.size === 0
        ? undefined
        : serve({ engine, workflows, settings, env, namespace, workerName, slots, cacheSize, graceMs, log });
    return {
      ready: tellingRefusals(worker?.ready ?? Promise.resolve(), engine),
      workflows: [...workflows.keys()],
      stop: async () => {
        await worker?.stop();
        this.#client.close();
        await this.environment.close();
      },
    };
  }
}

/** Serves a project's workflows, and nothing else of it. @throws {CommandRefused} */
export async function startProjectWorker(
  config: ProjectConfig,
  options: ProjectOptions,
  place: Place,
): Promise<RunningWorker> {
  const project = await PreparedProject.load(config, options, place);
  for (const warning of project.warnings) place.log.warn({ warning }, "a part of the project is different here");
  if (project.module.workflows.size > 0) return project.serve();
  await project.environment.close();
  throw new CommandRefused("INVALID_CONFIG", `${shownPath(config.file)} declares no workflow of its own`, EXIT.usage);
}
