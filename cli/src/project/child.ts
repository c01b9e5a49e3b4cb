/** The process that runs a project's code: one for each state of its files, so that none is left in the next. */
import type { Socket } from "node:net";
import { inspect } from "node:util";
import { createLogger } from "@perdure/engine";
import { loadedUserFiles } from "perdure/loader";
import { runScope } from "perdure/worker/run-scope";
import { EXIT } from "../exit-code.ts";
import { endWithParent } from "../lifetime.ts";
import { CommandRefused } from "../refusal.ts";
import { errorOf } from "./background.ts";
import { readConfig } from "./config.ts";
import type { FromChild, ToChild } from "./messages.ts";
import { PreparedProject } from "./prepared-project.ts";
import { ServedProject } from "./served-project.ts";

let project: ServedProject | undefined;

async function obey(message: ToChild, socket: Socket | undefined): Promise<void> {
  switch (message.kind) {
    case "load":
      project = await load(message);
      return tell({ kind: "loaded", summary: project.summary, files: loadedUserFiles() });
    case "serve":
      await project?.serve();
      return tell({ kind: "serving" });
    case "connection":
      // It may have ended on the way.
      if (socket !== undefined) project?.accept(socket);
      return;
    case "stop":
      await project?.stop(message.graceMs);
      process.exit();
  }
}

async function load({ file, environment, options, log: logConfig, ...place }: ToChild & { readonly kind: "load" }) {
  const log = createLogger(logConfig);
  const config = readConfig(file, environment);
  const prepared = await PreparedProject.load(config, options, { ...place, log });
  process.on("unhandledRejection", (error) => {
    // Those of a workflow's run are the worker's to tell.
    if (runScope.getStore() === undefined) {
      log.error({ error: errorOf(error) }, "a promise was rejected, and nothing awaits it");
    }
  });
  return new ServedProject(prepared, log);
}

function tell(message: FromChild): void {
  process.send?.(message);
}

function refuse(error: unknown): void {
  const known = error instanceof CommandRefused;
  tell({
    kind: "refused",
    reason: known ? error.reason : "INTERNAL",
    message: known ? error.message : inspect(error),
    exitCode: known ? error.exitCode : EXIT.failed,
    files: loadedUserFiles(),
  });
}

endWithParent();
// Ctrl-C is for the whole group, and a stop in order comes from the parent.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
process.on("message", (message: ToChild, socket?: Socket) => void obey(message, socket).catch(refuse));
