import { stripVTControlCharacters, styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Where a command writes what it found: stdout for results, stderr for everything about them. */
export interface Output {
  /** A line or more for people. */
  print(text: string): void;
  /** A document for programs. */
  json(document: unknown): void;
  /** One line of NDJSON. */
  ndjson(document: unknown): void;
  /** What is no result: progress, hints, refusals. */
  note(text: string): void;
}

export const terminal: Output = {
  print: (text) => void process.stdout.write(`${text}\n`),
  json: (document) => void process.stdout.write(`${JSON.stringify(document, null, 2)}\n`),
  ndjson: (document) => void process.stdout.write(`${JSON.stringify(document)}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
};

/** Colours a text where stdout is a terminal and NO_COLOR is not set. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** Makes a text of unknown origin harmless to a terminal: on one line, without escape sequences. */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\s*[\r\n]+\s*/g, " ")
    .replaceAll(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
