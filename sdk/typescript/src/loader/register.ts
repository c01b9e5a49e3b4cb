import module, { type ResolveFnOutput } from "node:module";
import { fileURLToPath } from "node:url";
import { bundlerFile, cloudflareModule } from "./resolve.ts";
import { hasSource, sourceOf } from "./source.ts";

/** This package, as sources or as built: its files are Node's business, wherever they lie. */
const OWN_PACKAGE = new URL("../../", import.meta.url).href;

/** Workflow modules, and what they import of their project. No other file is touched. */
const userModules = new Set<string>();

let registered = false;

/**
 * Makes unchanged workflow modules load in this process: imports of `cloudflare:workers` and
 * `cloudflare:workflows` give our classes, and modules loaded by `loadModule` or `loadWorkflows` may be written as
 * for a bundler (docs/loader.md). Other files of the process load as before. Calling it again has no effect.
 *
 * @example
 * registerLoader();
 * const workflows = await loadWorkflows("src/index.ts");
 */
export function registerLoader(): void {
  if (registered) return;
  registered = true;
  // What is transformed has other lines than what was written.
  module.setSourceMapsSupport(true, { nodeModules: false });
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      const { parentURL } = context;
      if (specifier.startsWith("cloudflare:")) {
        return { url: cloudflareModule(specifier, parentURL), shortCircuit: true };
      }
      if (parentURL === undefined || !userModules.has(parentURL)) return nextResolve(specifier, context);
      return resolveForUser(specifier, parentURL, (target) => nextResolve(target, context));
    },
    load(url, context, nextLoad) {
      // With an import attribute, the module says itself what it is.
      if (!userModules.has(url) || Object.keys(context.importAttributes).length > 0) return nextLoad(url, context);
      return sourceOf(url, context.format) ?? nextLoad(url, context);
    },
  });
}

/** Makes this file one that is loaded as a bundler would. */
export function addUserModule(url: string): void {
  userModules.add(url);
}

/** The files that were loaded so, and that were asked for: of a module whose loading failed, those until then. */
export function loadedUserFiles(): readonly string[] {
  return [...userModules].map((url) => fileURLToPath(Object.assign(new URL(url), { search: "", hash: "" })));
}

type Resolve = (specifier: string) => ResolveFnOutput;

/** As Node finds it, else as a bundler does. */
function resolveForUser(specifier: string, parentUrl: string, resolve: Resolve): ResolveFnOutput {
  const found = tryResolve(specifier, resolve) ?? resolve(bundlerFile(specifier, parentUrl) ?? specifier);
  if (isUsers(found.url)) userModules.add(found.url);
  return found;
}

function tryResolve(specifier: string, resolve: Resolve): ResolveFnOutput | undefined {
  try {
    return resolve(specifier);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === "ERR_MODULE_NOT_FOUND" || code === "ERR_UNSUPPORTED_DIR_IMPORT") return undefined;
    throw error;
  }
}

/** Packages are loaded as they are, but for what Node would refuse of them. */
function isUsers(url: string): boolean {
  if (!url.startsWith("file:") || url.startsWith(OWN_PACKAGE)) return false;
  return !url.includes("/node_modules/") || hasSource(url);
}
