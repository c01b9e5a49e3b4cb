import type { OptionValues } from "@perdure/engine/platform/options";
import { type Command, Option } from "commander";
import { engineFlags, LOG_FLAGS } from "../engine-options.ts";
import { namespaceOption, wholeNumber } from "../options.ts";
import { servesModule, type ServingOptions, targetOf } from "../worker/options.ts";

/** Apart from the store of `perdure server`: trying out leaves that as it is. */
const STORE = "sqlite:./.perdure/dev.db";

const FLAGS = ["listen", "store", "lease", "step-limit", ...LOG_FLAGS];

const PORT_MAX = 65_535;

export type DevOptions = ServingOptions &
  OptionValues & { readonly namespace?: string; readonly port?: number; readonly watch: boolean };

/** `perdure dev [module or folder]`. */
export function addDev(program: Command): void {
  const command = program
    .command("dev")
    .summary("run an engine and the workflows of a module or a Cloudflare project")
    .description(
      "Runs an engine and the workflows of a module, and shows each step as it happens. Of a Cloudflare project, a folder with a wrangler.jsonc, it also serves the requests and the cron triggers, and takes changed files in. What has not finished when it ends goes on when it is started again.",
    );
  servesModule(command)
    .addOption(
      new Option(
        "--port <number>",
        "where a project's requests are served, 0 for any (default: the project's, or 8787)",
      ).argParser(wholeNumber(PORT_MAX, 0)),
    )
    .option("--no-watch", "leave a project as it is when its files change")
    .addOption(namespaceOption());
  for (const flag of engineFlags(FLAGS, { store: STORE, "log-level": "warn" })) command.addOption(flag);
  command.action(async (target: string | undefined, options: DevOptions) => {
    const { module, config } = targetOf(target, options);
    // Not at the top: most commands need none of it, and are quicker so.
    if (config === undefined) return (await import("./run.ts")).runDev(module, options);
    const isDefault = command.getOptionValueSource("store") === "default";
    const { runProject } = await import("./run-project.ts");
    await runProject(config, options, isDefault ? undefined : options.store);
  });
}
