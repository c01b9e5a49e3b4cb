import type { Moved, OpenTimer } from "@perdure/engine/embedded";
import type { StepCallback } from "../worker/attempt.ts";
import type { StepKey } from "../worker/step-key.ts";
import { Modifications, type MockedEvent } from "./modifications.ts";

/** An instance that tests look into, from before its creation on. */
export class IntrospectedInstance {
  readonly workflow: string;
  readonly id: string;
  /** What a test has changed of this instance. */
  readonly modifications: Modifications;
  /** What a session changes of all instances it sees created; this one's own changes come first. */
  session: Modifications | null = null;
  readonly #listeners = new Set<(moved: Moved | null) => void>();
  /** Of the newest run that waited for any. */
  #sent: { run: number; readonly events: Set<MockedEvent> } = { run: 0, events: new Set() };

  constructor(workflow: string, id: string, onChange: (instance: IntrospectedInstance) => void) {
    this.workflow = workflow;
    this.id = id;
    this.modifications = new Modifications(() => onChange(this));
  }

  /** It was created, perhaps anew: it has been sent nothing yet. */
  begin(): void {
    this.#sent = { run: 0, events: new Set() };
  }

  callbackOf({ name, count }: StepKey, attempt: number): StepCallback | null {
    return this.#firstOf((changes) => changes.callbackOf({ name, index: count }, attempt));
  }

  skips(timer: OpenTimer): boolean {
    return this.#firstOf((changes) => changes.skips(timer) || null) ?? false;
  }

  /** Takes the next mocked event of these types out that this run was not sent yet. */
  takeEvent(run: number, types: readonly string[]): MockedEvent | null {
    if (this.#sent.run !== run) this.#sent = { run, events: new Set() };
    const { events } = this.#sent;
    const isNext = (event: MockedEvent): boolean => types.includes(event.type) && !events.has(event);
    const next = this.#firstOf((changes) => changes.events.find(isNext) ?? null);
    if (next !== null) events.add(next);
    return next;
  }

  /** Calls after each record until the returned function is called; with null when nobody looks into it any more. */
  onMoved(listener: (moved: Moved | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(moved: Moved | null): void {
    for (const listener of this.#listeners) listener(moved);
  }

  #firstOf<T>(look: (changes: Modifications) => T | null): T | null {
    return look(this.modifications) ?? (this.session === null ? null : look(this.session));
  }
}
