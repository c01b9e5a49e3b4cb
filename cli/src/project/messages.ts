import type { LogConfig } from "@perdure/engine";
import type { ProjectOptions } from "./prepared-project.ts";

/** What the process that serves a project is told. Connections come with `connection`. */
export type ToChild =
  | {
      readonly kind: "load";
      readonly file: string;
      readonly environment: string | undefined;
      readonly options: ProjectOptions;
      readonly engine: string;
      readonly namespace: string | undefined;
      readonly workerName: string;
      readonly log: LogConfig;
    }
  | { readonly kind: "serve" }
  | { readonly kind: "connection" }
  | { readonly kind: "stop"; readonly graceMs: number };

/** What a project is, for people. */
export interface ProjectSummary {
  readonly workflows: readonly string[];
  readonly fetch: boolean;
  readonly scheduled: boolean;
  readonly crons: readonly string[];
  readonly secretFiles: readonly string[];
  readonly warnings: readonly string[];
}

/** What that process tells. The files are those whose change makes it out of date. */
export type FromChild =
  | { readonly kind: "loaded"; readonly summary: ProjectSummary; readonly files: readonly string[] }
  | { readonly kind: "serving" }
  | {
      readonly kind: "refused";
      readonly reason: string;
      readonly message: string;
      readonly exitCode: number;
      readonly files: readonly string[];
    };
