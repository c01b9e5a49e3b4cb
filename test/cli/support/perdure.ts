import { spawn } from "node:child_process";
import { Child } from "../../support/child.ts";

const CLI = "cli/src/main.ts";

/** What a run of the command gave. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `perdure` to its end in a process of its own, without a terminal. */
export function perdure(args: readonly string[], { stdin = "", env = {} }: RunOptions = {}): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...process.env, ...env } });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => (texts[name] += text));
  }
  // A command that does not read it may be gone first.
  child.stdin.on("error", () => {}).end(stdin);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...texts }));
  });
}

/** The document that a run printed. */
export const documentOf = ({ stdout }: Ended): unknown => JSON.parse(stdout);

/** The documents that a run printed, one a line. */
export const linesOf = ({ stdout }: Ended): unknown[] =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);

/** The rows of a table without its headings, as cells. */
export const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((row) => row.split(/ {2,}/));

/** Starts `perdure` for as long as the test needs it. */
export const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Child =>
  Child.node(CLI, args, env);
