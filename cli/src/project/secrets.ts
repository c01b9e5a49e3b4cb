import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { expand } from "dotenv-expand";
import type { ProjectConfig } from "./config.ts";

/** Values for `env` that are not in the configuration. */
export interface Secrets {
  readonly values: Readonly<Record<string, string>>;
  /** The files they are from, as people know them. */
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Reads what wrangler reads beside a configuration: `.dev.vars`, or that of the environment; without one, `.env`,
 * `.env.local` and those of the environment, later ones first. Of a configuration that names its secrets, only
 * those count, and `vars`.
 */
export function readSecrets(
  { folder, environment, requiredSecrets, variables }: ProjectConfig,
  processEnv: Readonly<Record<string, string | undefined>>,
): Secrets {
  const { values, files } = devVars(folder, environment) ?? envFiles(folder, environment, processEnv, requiredSecrets);
  if (requiredSecrets === undefined) return { values, files, warnings: [] };
  const known = Object.entries(values).filter(([name]) => requiredSecrets.includes(name) || name in variables);
  const missing = requiredSecrets.filter((name) => !(name in values));
  const warnings = missing.map((name) => `the secret ${name} is required, and in no .dev.vars or .env`);
  return { values: Object.fromEntries(known), files, warnings };
}

type Read = Pick<Secrets, "values" | "files">;

function devVars(folder: string, environment: string | undefined): Read | undefined {
  const names = environment === undefined ? [".dev.vars"] : [`.dev.vars.${environment}`, ".dev.vars"];
  for (const name of names) {
    const values = readValues(join(folder, name));
    if (values !== undefined) return { values, files: [name] };
  }
  return undefined;
}

function envFiles(
  folder: string,
  environment: string | undefined,
  processEnv: Readonly<Record<string, string | undefined>>,
  requiredSecrets: readonly string[] | undefined,
): Read {
  if (processEnv["CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV"] === "false") return { values: {}, files: [] };
  const names = environment === undefined ? [] : [`.env.${environment}`, `.env.${environment}.local`];
  const read = [".env", ".env.local", ...names].flatMap((name) => {
    const values = readValues(join(folder, name));
    return values === undefined ? [] : [{ name, values }];
  });
  const parsed = Object.assign({}, ...read.map(({ values }) => values)) as Record<string, string>;
  const ofProcess = requiredSecrets !== undefined || processEnv["CLOUDFLARE_INCLUDE_PROCESS_ENV"] === "true";
  const values = ofProcess ? (Object.fromEntries(Object.entries(processEnv)) as Record<string, string>) : {};
  expand({ parsed, processEnv: values });
  return { values, files: read.map(({ name }) => name) };
}

function readValues(file: string): Readonly<Record<string, string>> | undefined {
  try {
    return parseEnv(readFileSync(file, "utf8")) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
