import type { Document, Path } from "./document.ts";

/** What reading a configuration found, besides its values: all of it at once, not one a run. */
export interface Findings {
  /** What has to be put right. */
  readonly mistakes: string[];
  /** What is worth knowing. */
  readonly warnings: string[];
}

/** One object of a configuration. What is not as it should be is noted with its place, and counts as not given. */
export class Section {
  readonly #document: Document;
  readonly #findings: Findings;
  readonly #path: Path;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(document: Document, findings: Findings, values: Readonly<Record<string, unknown>>, path: Path = []) {
    this.#document = document;
    this.#findings = findings;
    this.#values = values;
    this.#path = path;
  }

  get keys(): readonly string[] {
    return Object.keys(this.#values);
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined;
  }

  value(key: string): unknown {
    return this.#values[key];
  }

  text(key: string): string | undefined {
    const value = this.#values[key];
    if (value === undefined || (typeof value === "string" && value !== "")) return value;
    return this.mistake([key], `it is a text that is not empty, not ${shown(value)}`);
  }

  requiredText(key: string): string | undefined {
    return this.has(key) ? this.text(key) : this.mistake([key], "it is missing");
  }

  /** From 1 on. */
  count(key: string, max: number = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.#values[key];
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= max) return value;
    const upTo = max === Number.MAX_SAFE_INTEGER ? "from 1 on" : `from 1 to ${max}`;
    return this.mistake([key], `it is a whole number ${upTo}, not ${shown(value)}`);
  }

  texts(key: string): readonly string[] {
    const value = this.#values[key] ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    this.mistake([key], `it is a list of texts, not ${shown(value)}`);
    return [];
  }

  section(key: string): Section | undefined {
    const value = this.#values[key];
    if (value === undefined) return undefined;
    if (isObject(value)) return this.#inner([key], value);
    return this.mistake([key], `it is an object, not ${shown(value)}`);
  }

  /** Objects in a list. */
  sections(key: string): readonly Section[] {
    const value = this.#values[key] ?? [];
    if (!Array.isArray(value)) {
      this.mistake([key], `it is a list of objects, not ${shown(value)}`);
      return [];
    }
    return value.flatMap((item: unknown, index) => {
      if (isObject(item)) return this.#inner([key, index], item);
      this.mistake([key, index], `it is an object, not ${shown(item)}`);
      return [];
    });
  }

  /** Warns of keys that mean nothing here. */
  only(known: readonly string[]): void {
    for (const key of this.keys) if (!known.includes(key)) this.warning([key], "it is not known, and has no effect");
  }

  /** Notes what has to be put right about a value below this section. */
  mistake(path: Path, what: string): undefined {
    this.#findings.mistakes.push(this.#sentence(path, what));
  }

  warning(path: Path, what: string): void {
    this.#findings.warnings.push(this.#sentence(path, what));
  }

  #sentence(path: Path, what: string): string {
    const whole = [...this.#path, ...path];
    return `${this.#document.place(whole)}: ${pathText(whole)}: ${what}`;
  }

  #inner(path: Path, values: Readonly<Record<string, unknown>>): Section {
    return new Section(this.#document, this.#findings, values, [...this.#path, ...path]);
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as sentences quote it. */
export const shown = (value: unknown): string => JSON.stringify(value);

/** `workflows[0].name` */
const pathText = (path: Path): string =>
  path.map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`)).join("");
