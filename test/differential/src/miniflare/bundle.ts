import { fileURLToPath } from "node:url";
import { build } from "./installed.ts";

/**
 * Defaults of that date in production. The local engine keeps an old date of its own and takes only flags that are named
 * by a worker with a binding to the workflow; without them errors lose their names.
 */
export const COMPATIBILITY = {
  compatibilityDate: "2026-11-17",
  compatibilityFlags: ["enhanced_error_serialization", "workflows_preserve_non_retryable_error_message"],
  exports: {},
};

/** A module with its relative imports in one piece, types taken off, as wrangler would upload it. */
export async function bundled(module: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(module)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:*"],
  });
  return outputFiles[0]!.text;
}

export const manifestOf = (contents: string) => ({
  mainModule: "worker.mjs",
  modulesRoot: "/",
  modules: { "worker.mjs": { type: "esm", contents } },
});
