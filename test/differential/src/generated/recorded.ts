import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import type { Shown } from "./direct.ts";
import { programOf } from "./generate.ts";
import type { Program } from "./program.ts";

const FILE = new URL("../../observed/programs.jsonl", import.meta.url);

/** The programs whose observations in miniflare are kept. */
export const RECORDED: readonly Program[] = Array.from({ length: 200 }, (_, index) => programOf(index + 1));

/** What miniflare showed for a program; one a line. */
export interface Recorded {
  readonly seed: number;
  /** Of the program as JSON: tells when the generator makes another one of the seed. */
  readonly digest: string;
  readonly shown: Shown;
}

export async function readRecorded(): Promise<readonly Recorded[]> {
  const lines = (await readFile(FILE, "utf8")).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Recorded);
}

export async function writeRecorded(shown: ReadonlyMap<Program, Shown>): Promise<void> {
  const lines = [...shown].map(([program, shown]): Recorded => ({
    seed: program.seed,
    digest: digestOf(program),
    shown,
  }));
  await writeFile(FILE, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

export const digestOf = (program: Program): string =>
  createHash("sha256").update(JSON.stringify(program)).digest("hex").slice(0, 8);
