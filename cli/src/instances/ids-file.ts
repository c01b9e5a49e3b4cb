import { readFileSync } from "node:fs";
import { InvalidArgumentError } from "commander";

/** Reads ids from a file, or from stdin for "-": a JSON list, or one a line. */
export function idsInFile(path: string): readonly string[] {
  const text = contentOf(path).trim();
  const ids: unknown = text.startsWith("[") ? parsed(text) : text.split(/\r?\n/).map((line) => line.trim());
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string"))
    throw new InvalidArgumentError("Give a JSON list of ids, or one id a line.");
  return ids.filter((id) => id !== "");
}

function contentOf(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    throw new InvalidArgumentError(`It cannot be read: ${(error as Error).message}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InvalidArgumentError(`It is not JSON: ${(error as Error).message}`);
  }
}
