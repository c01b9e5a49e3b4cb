import { direct, Missed, type Producer, type Shown } from "./direct.ts";
import type { Entry, Program, StageBinding } from "./program.ts";
import { Stage } from "./stage.ts";

/** Programs under way at once. Most of the time they wait for each other's clocks. */
const AT_ONCE = 32;

/** What one program showed, or why it could not be driven to its end. JSON. */
export type ProgramOutcome = Shown | { readonly failed: string };

/** The stages of all programs in one engine, each under the id of its instance. */
export class Crew implements StageBinding {
  readonly #stages = new Map<string, Stage>();
  #made = 0;

  /** Never answered for an instance that is not there any more. */
  async enter(entry: Entry): Promise<void> {
    await (this.#stages.get(entry.instance)?.enter(entry) ?? Promise.withResolvers<void>().promise);
  }

  /** Runs programs side by side. */
  async perform(programs: readonly Program[], create: Producer): Promise<ReadonlyMap<Program, ProgramOutcome>> {
    const outcomes = new Map<Program, ProgramOutcome>();
    const line = [...programs];
    const workOff = async (): Promise<void> => {
      for (let program = line.shift(); program !== undefined; program = line.shift()) {
        const outcome = await this.#direct(program, create);
        outcomes.set(program, JSON.parse(JSON.stringify(outcome)) as ProgramOutcome);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, workOff));
    return outcomes;
  }

  async #direct(program: Program, create: Producer): Promise<ProgramOutcome> {
    const id = `program-${(this.#made += 1)}`;
    const stage = new Stage();
    this.#stages.set(id, stage);
    try {
      return await direct(program, () => create(program, id), stage);
    } catch (error) {
      if (error instanceof Missed) return await this.#direct(program, create);
      return { failed: String(error) };
    }
  }
}
