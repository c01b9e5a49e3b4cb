import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../exit-code.ts";
import { CommandRefused } from "../refusal.ts";

export interface JournalFile {
  readonly file: string;
  readonly document: unknown;
}

/** The journals that are named, and those in folders that are named, in the order of their names. @throws {CommandRefused} */
export function* journalFiles(paths: readonly string[]): Generator<JournalFile> {
  for (const path of paths) {
    const files = filesOf(path);
    if (files.length === 0) throw refused(`${path} has no *.json`);
    for (const file of files) yield { file, document: parsed(file) };
  }
}

function filesOf(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw refused(`there is no file ${path}`);
  if (!found.isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => name.endsWith(".json"));
  return names.toSorted().map((name) => join(path, name));
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch (error) {
    throw refused(`${file} is no JSON: ${(error as Error).message}`);
  }
}

export const refused = (sentence: string): CommandRefused =>
  new CommandRefused("INVALID_JOURNAL", sentence, EXIT.usage);
