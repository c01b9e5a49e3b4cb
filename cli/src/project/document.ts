import { readFileSync } from "node:fs";
import { extname } from "node:path";
import {
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
  getNodeValue,
  printParseErrorCode,
} from "jsonc-parser";
import { parse as parseToml, TomlError } from "smol-toml";
import { EXIT } from "../exit-code.ts";
import { CommandRefused } from "../refusal.ts";
import { shownPath } from "./shown-path.ts";

/** Where a value stands in a document: keys and positions, from the outside. */
export type Path = readonly (string | number)[];

/** A configuration file as it was read. */
export interface Document {
  /** As people are told of it: relative to the working directory. */
  readonly name: string;
  readonly value: unknown;
  /** `wrangler.jsonc:12` for what stands there, or for what it would stand in; TOML has no lines. */
  place(path: Path): string;
}

/** @throws {CommandRefused} when the file cannot be read, or is none of its kind. */
export function readDocument(file: string): Document {
  const name = shownPath(file);
  const text = readText(file, name);
  return extname(file) === ".toml" ? tomlDocument(text, name) : jsonDocument(text, name);
}

function readText(file: string, name: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw refused(`${name} cannot be read: ${(error as Error).message}`);
  }
}

function tomlDocument(text: string, name: string): Document {
  try {
    return { name, value: parseToml(text), place: () => name };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw refused(`${name}:${error.line}:${error.column}: ${error.message.split("\n", 1)[0]}`);
  }
}

function jsonDocument(text: string, name: string): Document {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const lines = lineStarts(text);
  const [first] = errors;
  if (root === undefined || first !== undefined) {
    const offset = first?.offset ?? 0;
    const line = lineOf(lines, offset);
    const column = offset - (lines[line - 1] ?? 0) + 1;
    const what = first === undefined ? "it is empty" : spoken(printParseErrorCode(first.error));
    throw refused(`${name}:${line}:${column}: ${what}`);
  }
  return {
    name,
    value: getNodeValue(root) as unknown,
    place: (path) => `${name}:${lineOf(lines, nearestNode(root, path).offset)}`,
  };
}

function nearestNode(root: Node, path: Path): Node {
  const found = findNodeAtLocation(root, [...path]);
  return found ?? (path.length === 0 ? root : nearestNode(root, path.slice(0, -1)));
}

function lineStarts(text: string): readonly number[] {
  return [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
}

const lineOf = (starts: readonly number[], offset: number): number =>
  starts.findLastIndex((start) => start <= offset) + 1;

/** "PropertyNameExpected" as "property name expected". */
const spoken = (code: string): string => code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();

const refused = (sentence: string): CommandRefused => new CommandRefused("INVALID_CONFIG", sentence, EXIT.usage);
