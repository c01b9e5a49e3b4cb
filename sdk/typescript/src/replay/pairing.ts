import { keyText } from "../worker/step-key.ts";
import type { StepRequest } from "./step-request.ts";

/** A step of the code that was given the outcome of one of the journal, at whose place it is asked for. */
export interface Pair {
  readonly kind: "renamed" | "kind";
  readonly code: StepRequest;
  readonly journal: StepRequest;
}

/** Which steps of the code that the journal does not know are steps of the journal under another name. */
export class Pairing {
  /** Asked for, and of no step of the journal. */
  readonly #unknown = new Map<string, StepRequest>();
  /** By the text of the journal's key. */
  readonly #pairs = new Map<string, Pair>();
  /** Added: the journal's step was asked for after all. */
  readonly #parted: StepRequest[] = [];

  get pairs(): Iterable<Pair> {
    return this.#pairs.values();
  }

  get unpaired(): Iterable<StepRequest> {
    return [...this.#parted, ...this.#unknown.values()];
  }

  /** Whether a step of the journal goes by another name in the code. */
  isPaired(text: string): boolean {
    return this.#pairs.has(text);
  }

  offer(request: StepRequest): void {
    this.#unknown.set(keyText(request.key), request);
  }

  /** The step of the code at the place of one of the journal: of the same name before one of the same kind. */
  standInFor(journal: StepRequest): StepRequest | null {
    const unknown = [...this.#unknown.values()];
    const namesake = unknown.find(({ key }) => key.name === journal.key.name && key.count === journal.key.count);
    const code = namesake ?? unknown.find(({ kind }) => kind === journal.kind);
    if (code === undefined) return null;
    this.#unknown.delete(keyText(code.key));
    this.#pairs.set(keyText(journal.key), { kind: code.kind === journal.kind ? "renamed" : "kind", code, journal });
    return code;
  }

  /** The code asks for a step of the journal itself: what was taken for it, if anything was, is another one. */
  part(text: string): boolean {
    const pair = this.#pairs.get(text);
    if (pair === undefined) return false;
    this.#pairs.delete(text);
    this.#parted.push(pair.code);
    return true;
  }
}
