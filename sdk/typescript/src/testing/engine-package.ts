import type { embedEngine } from "@perdure/engine/embedded";

interface EnginePackage {
  readonly embedEngine: typeof embedEngine;
}

/** The engine's package, which only tests need here. @throws Error that says what to install when it is not there. */
export async function importEngine(): Promise<EnginePackage> {
  try {
    return await import("@perdure/engine/embedded");
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new Error(
      "perdure/testing runs an engine in the process of the test, and its package is not installed: npm install --save-dev @perdure/engine",
      { cause },
    );
  }
}

function isMissing(error: unknown): boolean {
  const isNotFound = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
  // Not one that the engine itself lacks.
  return isNotFound && error.message.includes("'@perdure/engine");
}
