import { resolve } from "node:path";
import type { RunningEngine } from "@perdure/engine";
import { openEngine } from "../engine.ts";
import { EXIT } from "../exit-code.ts";
import { endWithParent, serveUntilSignal } from "../lifetime.ts";
import { plain, terminal } from "../output.ts";
import { type ProjectConfig, readConfig } from "../project/config.ts";
import type { ProjectSummary } from "../project/messages.ts";
import { shownPath } from "../project/shown-path.ts";
import type { DevOptions } from "./command.ts";
import { startDevEngine, tryText, welcome, withoutPassword, WORKER_NAME } from "./engine.ts";
import { Gate } from "./gate.ts";
import { linePrinter } from "./line-printer.ts";
import { Newcomers } from "./newcomers.ts";
import type { ProjectRefused } from "./project-child.ts";
import { ProjectServer } from "./project-server.ts";
import { Watcher } from "./watcher.ts";

/**
 * Serves a Cloudflare project until a signal ends the process: exit code 0 when drained.
 *
 * @param store Undefined: a file in the project's folder.
 * @throws {CommandRefused} when its configuration or its code cannot be used.
 */
export async function runProject(file: string, options: DevOptions, store: string | undefined): Promise<void> {
  endWithParent();
  const config = readConfig(file, options.environment);
  const gate = await Gate.listen(options.port ?? config.port);
  const stops: (() => Promise<void> | void)[] = [() => gate.close()];
  const stop = async (): Promise<void> => {
    for (const end of stops.toReversed()) await end();
  };
  await serveUntilSignal(stop, async () => {
    const storeUsed = store ?? storeIn(config.folder);
    const engine = await startDevEngine(options, storeUsed);
    stops.push(() => engine.close());
    const watched: { watcher?: Watcher } = {};
    const project = serverFor(config, options, engine, gate, watched);
    stops.push(() => project.stop());
    const { summary, files } = await project.start();
    if (options.watch) {
      const watcher = await Watcher.start(config.folder, config.file, () => project.restart());
      watched.watcher = watcher;
      watcher.expect(files, { any: false });
      stops.push(() => watcher.close());
    }
    tellWarnings(summary);
    terminal.print(greeting(config, summary, { engine: engine.url, store: storeUsed, http: gate.url }));
    const ended = new AbortController();
    const calls = openEngine({ engine: engine.url, ...namespaceOf(options) });
    stops.push(() => {
      ended.abort();
      calls.close();
    });
    await new Newcomers(calls, linePrinter).watch(ended.signal);
  });
}

function serverFor(
  config: ProjectConfig,
  options: DevOptions,
  engine: RunningEngine,
  gate: Gate,
  watched: { readonly watcher?: Watcher },
): ProjectServer {
  const { env, slots, cacheSize, grace, logLevel: level, logFormat: format } = options;
  const message = {
    kind: "load",
    file: config.file,
    environment: config.environment,
    options: { ...(env !== undefined && { env: resolve(env) }), slots, cacheSize, grace },
    engine: engine.url,
    namespace: options.namespace,
    workerName: WORKER_NAME,
    log: { level, format },
  } as const;
  return new ProjectServer(message, gate, {
    loaded({ summary, files }) {
      watched.watcher?.expect(files, { any: false });
      tellWarnings(summary);
      terminal.print(`reloaded: ${summary.workflows.join(", ")}`);
    },
    refused(refused, kept) {
      watched.watcher?.expect(refused.files, { any: true });
      terminal.note(refusalNote(refused, kept));
    },
    died(code) {
      terminal.note(`perdure: the project's process has ended with ${code ?? "a signal"}`);
      if (watched.watcher === undefined) process.exit(EXIT.failed);
      watched.watcher.expect([], { any: true });
      terminal.note("perdure: a change starts it again");
    },
  });
}

function tellWarnings({ warnings }: ProjectSummary): void {
  for (const warning of warnings) terminal.note(`perdure: ${plain(warning)}`);
}

function refusalNote({ message }: ProjectRefused, kept: boolean): string {
  const text = message.split("\n").map(plain).join("\n");
  const then = kept ? "goes on with the code before this change" : "a change starts it again";
  return `perdure: ${text}\nperdure: ${then}`;
}

/** As wrangler has it: what a project has stored is beside it, wherever it is started from. */
const storeIn = (folder: string): string => `sqlite:${shownPath(resolve(folder, ".perdure", "dev.db"))}`;

function greeting(
  config: ProjectConfig,
  { workflows, fetch, crons, scheduled, secretFiles }: ProjectSummary,
  { engine, store, http }: { readonly engine: string; readonly store: string; readonly http: string },
): string {
  const environment = config.environment === undefined ? "" : `, environment ${config.environment}`;
  return welcome([
    ["project", `${shownPath(config.file)}${environment}`],
    ["engine", engine],
    ["store", withoutPassword(store)],
    ["workflows", workflows.join(", ")],
    ["secrets", secretFiles.join(", ")],
    ["http", fetch || scheduled ? http : ""],
    ["crons", scheduled ? crons.join(", ") : ""],
    ["try", fetch ? `curl ${http}` : tryText(engine, workflows[0] ?? "")],
  ]);
}

const namespaceOf = ({ namespace }: DevOptions) => (namespace === undefined ? {} : { namespace });
