import type { Client } from "perdure/client";
import { loadEnvironment } from "../worker/environment.ts";
import type { ProjectConfig } from "./config.ts";
import type { OtherBinding } from "./other-bindings.ts";
import { openPlatform, type Platform } from "./platform.ts";
import { readSecrets } from "./secrets.ts";

/** What a project's code finds as `env`, and as `ctx.exports`. */
export interface ProjectEnvironment {
  readonly env: object;
  readonly exports: object;
  /** Names of the files that secrets are from. */
  readonly secretFiles: readonly string[];
  /** What a person should know of it. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/**
 * Builds a project's `env`: what the module given with `--env` has, else the project's own workflows, secrets and
 * variables, else what wrangler simulates. A binding that nobody provides throws when it is used.
 *
 * @throws {CommandRefused} when the module gives no env; whatever it throws.
 */
export async function openEnvironment(
  config: ProjectConfig,
  envModule: string | undefined,
  client: Client,
): Promise<ProjectEnvironment> {
  const env = await loadEnvironment(envModule);
  const { served, bindings, exported } = config.workflows;
  const secrets = readSecrets(config, process.env);
  const own = Object.fromEntries(bindings.map(({ binding, workflow }) => [binding, client.workflow(workflow)]));
  addMissing(env, { ...config.variables, ...secrets.values, ...own });
  const others = config.otherBindings.filter(({ name }) => !(name in env));
  const { platform, warning } = await platformFor(config, others);
  const provided = others.filter(({ name }) => platform !== undefined && name in platform.env);
  addMissing(env, Object.fromEntries(provided.map(({ name }) => [name, platform?.env[name]])));
  const missing = others.filter(({ name }) => !(name in env));
  for (const binding of missing) Object.defineProperty(env, binding.name, { get: () => refuse(binding) });
  const foreign = bindings.filter(({ workflow }) => !served.has(workflow));
  return {
    env,
    exports: Object.fromEntries([...exported].map(([className, name]) => [className, client.workflow(name)])),
    secretFiles: secrets.files,
    warnings: [
      ...secrets.warnings,
      ...(warning === undefined ? [] : [warning]),
      ...missing.map(refusalText),
      ...foreign.map(
        ({ binding, workflow, script }) =>
          `env.${binding}: the workflow ${workflow} is of the Worker ${script}; its instances wait until that project is served by the same engine, \`perdure worker <its folder>\``,
      ),
    ],
    close: async () => platform?.dispose(),
  };
}

function addMissing(env: object, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) if (!(name in env)) Object.assign(env, { [name]: value });
}

/** Only where it is needed: it starts a process of its own. */
async function platformFor(
  config: ProjectConfig,
  others: readonly OtherBinding[],
): Promise<{ readonly platform?: Platform | undefined; readonly warning?: string }> {
  if (others.length === 0) return {};
  try {
    return { platform: await openPlatform(config) };
  } catch (error) {
    return { warning: `wrangler cannot simulate the bindings of this project: ${(error as Error).message}` };
  }
}

function refuse(binding: OtherBinding): never {
  throw new Error(refusalText(binding));
}

const refusalText = ({ name, kind }: OtherBinding): string =>
  `env.${name} (${kind}) is not there: install wrangler in the project to have it simulated, or give it with --env <module>`;
