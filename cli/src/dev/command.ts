import type { OptionValues } from "@perdure/engine/platform/options";
import type { Command } from "commander";
import { engineFlags, LOG_FLAGS } from "../engine-options.ts";
import { namespaceOption } from "../options.ts";
import { servesModule, type ServingOptions } from "../worker/options.ts";

/** Apart from the store of `perdure server`: trying out leaves that as it is. */
const STORE = "sqlite:./.perdure/dev.db";

const FLAGS = ["listen", "store", "lease", "step-limit", ...LOG_FLAGS];

export type DevOptions = ServingOptions & OptionValues & { readonly namespace?: string };

/** `perdure dev <module>`. */
export function addDev(program: Command): void {
  const command = program
    .command("dev")
    .summary("run an engine and the workflows of a module")
    .description(
      "Runs an engine and the workflows of a module in one process, and shows each step as it happens. What has not finished when it ends goes on when it is started again.",
    );
  servesModule(command).addOption(namespaceOption());
  for (const flag of engineFlags(FLAGS, { store: STORE, "log-level": "warn" })) command.addOption(flag);
  command.action(async (module: string, options: DevOptions) => {
    // Not at the top: most commands need none of it, and are quicker so.
    const { runDev } = await import("./run.ts");
    await runDev(module, options);
  });
}
