import { inject } from "vitest";

/** What the same behaviours are to be seen on. */
export interface Configuration {
  readonly store: "memory" | "sqlite" | "mongodb";
  /** Left alone; without a cache, so that each wake replays; or killed after each of its commits, another one taking over. */
  readonly worker: "normal" | "evicted" | "killed";
}

declare module "vitest" {
  interface ProvidedContext {
    behaviour: Configuration;
  }
}

/** That of the project that runs, see vitest.config.ts. */
export const CONFIGURATION: Configuration = inject("behaviour");
