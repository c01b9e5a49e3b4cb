import { readFileSync } from "node:fs";
import { InvalidArgumentError, Option } from "commander";
import { parseDuration } from "perdure/duration";

/** Where an engine listens unless it is told otherwise. */
export const ENGINE_DEFAULT = "http://127.0.0.1:7070";

export const engineOption = (): Option =>
  new Option("--engine <url>", "address of the engine").env("PERDURE_ENGINE").default(ENGINE_DEFAULT).argParser(url);

export const namespaceOption = (): Option =>
  new Option("--namespace <name>", 'namespace of the workflows; the engine\'s own default is "default"').env(
    "PERDURE_NAMESPACE",
  );

export const jsonOption = (): Option => new Option("--json", "write JSON for programs instead of text for people");

/** Parses a value given on the command line: JSON, `@` and a file of JSON, or `-` for JSON on stdin. */
export function jsonValue(given: string): unknown {
  const text = textOf(given);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InvalidArgumentError(`It is not JSON: ${(error as Error).message}`);
  }
}

/** @param most The greatest number that is taken, @param least the smallest. */
export const wholeNumber =
  (most: number, least = 1) =>
  (given: string): number => {
    const number = Number(given);
    if (/^\d+$/.test(given) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };

/** Parses "30 seconds", or milliseconds. */
export function durationMs(given: string): number {
  const ms = parseDuration(given);
  if (ms >= 0) return ms;
  throw new InvalidArgumentError('Give a duration such as "30 seconds", or milliseconds.');
}

/** Gathers an option that may be given several times. */
export const several = (given: string, before: readonly string[] = []): readonly string[] => [...before, given];

function textOf(given: string): string {
  if (given !== "-" && !given.startsWith("@")) return given;
  try {
    return readFileSync(given === "-" ? 0 : given.slice(1), "utf8");
  } catch (error) {
    throw new InvalidArgumentError(`It cannot be read: ${(error as Error).message}`);
  }
}

function url(given: string): string {
  const { protocol } = URL.parse(given) ?? {};
  if (protocol === "http:" || protocol === "https:") return given;
  throw new InvalidArgumentError(`Give an http or https URL, ${ENGINE_DEFAULT} say.`);
}
