import { createRequire } from "node:module";
import { join } from "node:path";
import type { ProjectConfig } from "./config.ts";

/** What wrangler gives code that runs outside of the Workers runtime. */
export interface Platform {
  readonly env: Readonly<Record<string, unknown>>;
  dispose(): Promise<void>;
}

interface Wrangler {
  getPlatformProxy(options: {
    readonly configPath: string;
    readonly environment?: string;
    readonly persist: boolean;
  }): Promise<Platform>;
}

/**
 * The bindings of a project, as the wrangler that it has installed simulates them: with the data of `wrangler dev`.
 *
 * @returns Undefined when the project has no wrangler.
 * @throws whatever wrangler throws.
 */
export async function openPlatform({ file, folder, environment }: ProjectConfig): Promise<Platform | undefined> {
  const require = createRequire(join(folder, "package.json"));
  const path = resolved(require);
  if (path === undefined) return undefined;
  return withoutWarnings(() => {
    const wrangler = require(path) as Wrangler;
    return wrangler.getPlatformProxy({
      configPath: file,
      ...(environment !== undefined && { environment }),
      persist: true,
    });
  });
}

/** It would warn of each workflow, of which it knows nothing: those are ours. */
async function withoutWarnings<T>(call: () => Promise<T>): Promise<T> {
  const before = process.env["WRANGLER_LOG"];
  process.env["WRANGLER_LOG"] = before ?? "error";
  try {
    return await call();
  } finally {
    if (before === undefined) delete process.env["WRANGLER_LOG"];
  }
}

function resolved(require: NodeJS.Require): string | undefined {
  try {
    return require.resolve("wrangler");
  } catch {
    return undefined;
  }
}
