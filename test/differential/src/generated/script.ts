import { parseDuration } from "../../../../sdk/typescript/src/duration.ts";
import type { Act, Do, Interruption, Program, Sleep, Together, ValueKind, Wait } from "./program.ts";

/** What the outside does next: wait for a moment, let a held callback go on, or call the instance. */
export type Cue =
  | { readonly cue: "reached" | "open"; readonly step: string; readonly pass: number }
  | { readonly cue: "told"; readonly type: string; readonly stepName?: string; readonly times: number }
  | { readonly cue: "sendEvent"; readonly type: string; readonly sends: ValueKind }
  | { readonly cue: Command; readonly within?: Window };

/** A command that must be answered before this has passed since what was told. */
export interface Window {
  readonly type: string;
  readonly stepName: string;
  readonly ms: number;
}

export type Command = "status" | "pause" | "resume" | "terminate" | "restart";

type End = "done" | "threw" | "left";

const told = (type: string, times: number): Cue => ({ cue: "told", type, times });

/** Stands for the three types of event that end a run. */
export const ANY_END = "(any end)";

const END_IS_TOLD: Cue = { cue: "told", type: ANY_END, times: 1 };

/** After a restart. Nothing is sent before the new run runs: the local engine would start it twice. */
const RUNS = told("workflow_running", 1);

/** Unwinds the walk: nothing of this pass comes after it. */
class Cut extends Error {
  readonly cue: Cue;
  constructor(command: "terminate" | "restart", window: object) {
    super(command);
    this.cue = { cue: command, ...window };
  }
}

/** What is done to a program's instance from outside, in order, after its creation. */
export function scriptOf(program: Program): readonly Cue[] {
  const first = passOf(program, 1);
  const cues = [...first.cues];
  let pass = 1;
  if (first.cut !== undefined) cues.push(first.cut);
  if (first.cut?.cue === "restart") cues.push(RUNS, ...passOf(program, (pass += 1)).cues);
  for (const command of program.afterwards) {
    cues.push(END_IS_TOLD);
    if (command !== "restart") cues.push({ cue: command }, { cue: "status" });
    else cues.push({ cue: "restart" }, RUNS, ...passOf(program, (pass += 1)).cues);
  }
  return cues;
}

/** How `run` ends where nothing cuts it short; commands to the instance are no part of this. */
export function endOf(acts: readonly Act[]): End {
  return new Walk(2).acts(acts);
}

function passOf(program: Program, pass: number): { readonly cues: readonly Cue[]; readonly cut?: Cue } {
  const walk = new Walk(pass);
  try {
    walk.acts(program.body);
    return { cues: [...walk.early, ...walk.cues] };
  } catch (error) {
    if (!(error instanceof Cut)) throw error;
    return { cues: [...walk.early, ...walk.cues], cut: error.cue };
  }
}

interface Circumstances {
  /** Lets go on what is held, so that a pause can take effect. */
  readonly open?: readonly Cue[];
  /** What is done during the pause. */
  readonly meanwhile?: readonly Cue[];
  readonly within?: Window;
}

/** Goes through a program as an engine does, and notes what the outside has to do. */
class Walk {
  readonly cues: Cue[] = [];
  /** Events that are sent right after creation, or a restart. */
  readonly early: Cue[] = [];
  readonly #pass: number;
  readonly #uses = new Map<string, number>();
  #pauses = 0;
  /** Times that the instance went on after a pause, or instead of one. */
  #resumed = 0;

  constructor(pass: number) {
    this.#pass = pass;
  }

  acts(acts: readonly Act[]): End {
    for (const act of acts) {
      const end = this.#one(act);
      if (end !== "done") return end;
    }
    return "done";
  }

  #one(act: Act): End {
    switch (act.act) {
      case "do":
        return this.#do(act);
      case "nest":
      case "fan":
        return "done";
      case "sleep":
        return this.#sleep(act);
      case "wait":
        return this.#wait(act);
      case "together":
        return this.#together(act);
      case "try": {
        const end = this.acts(act.body);
        return end === "threw" ? this.acts(act.caught) : end;
      }
      case "loop":
        for (let pass = 0; pass < act.times; pass += 1) {
          const end = this.acts(act.body);
          if (end !== "done") return end;
        }
        return "done";
      case "throw":
        return "threw";
      case "return":
        return "left";
    }
  }

  #do(act: Do): End {
    const stepName = this.#use("do", act.name);
    if (act.held !== undefined) {
      const gate = { step: stepName, pass: this.#pass };
      this.cues.push({ cue: "reached", ...gate });
      this.#interrupt(act.held, { open: [{ cue: "open", ...gate }] });
    }
    if (act.backingOff !== undefined) {
      this.cues.push({ cue: "told", type: "attempt_errored", stepName, times: 1 });
      const ms = parseDuration(act.retries?.delay);
      this.#interrupt(act.backingOff, { within: { type: "attempt_errored", stepName, ms } });
    }
    const { fails = [], retries } = act;
    const isFinal = fails.length > (retries?.limit ?? 0) || fails.includes("NonRetryableError");
    return act.hangs || (fails.length > 0 && isFinal) ? "threw" : "done";
  }

  #sleep({ name, ms, until, during }: Sleep): End {
    const stepName = this.#use("sleep", name);
    if (during !== undefined) {
      this.cues.push({ cue: "told", type: "sleep_started", stepName, times: 1 });
      this.#interrupt(during, { within: { type: "sleep_started", stepName, ms } });
    }
    return until && ms < 0 ? "threw" : "done";
  }

  #wait({ name, type, event, sends, during }: Wait): End {
    const stepName = this.#use("wait", name);
    const sending: Cue = { cue: "sendEvent", type, sends };
    if (event === "early") this.early.push(sending);
    if (event === "during" || during !== undefined)
      this.cues.push({ cue: "told", type: "wait_started", stepName, times: 1 });
    if (during !== undefined) this.#interrupt(during, { meanwhile: event === "paused" ? [sending] : [] });
    if (event === "during" || event === "anytime") this.cues.push(sending);
    return event === "never" ? "threw" : "done";
  }

  #together({ how, branches, winner }: Together): End {
    if (winner === undefined) {
      const ends = branches.map((branch) => this.acts(branch));
      if (how === "any") return ends.includes("done") ? "done" : "threw";
      return "done";
    }
    for (const [branch] of branches) {
      if (branch?.act === "do" && branch.held !== undefined)
        this.cues.push({
          cue: "reached",
          step: `${branch.name}-${this.#used("do", branch.name) + 1}`,
          pass: this.#pass,
        });
    }
    const end = this.acts(branches[winner.branch]!);
    const decided = { step: this.#use("do", winner.decided), pass: this.#pass };
    this.cues.push({ cue: "reached", ...decided });
    for (const [index, branch] of branches.entries()) if (index !== winner.branch) this.acts(branch);
    this.cues.push({ cue: "open", ...decided });
    return end;
  }

  #interrupt(interruption: Interruption, { open = [], meanwhile = [], within }: Circumstances): void {
    const window = within === undefined ? {} : { within };
    switch (interruption) {
      case "passes":
        this.cues.push(...open);
        return;
      case "resumes":
        this.cues.push({ cue: "resume" }, { cue: "status" }, ...open);
        return;
      case "unpauses":
        this.cues.push({ cue: "pause" }, { cue: "status" }, { cue: "resume" }, { cue: "status" }, ...open);
        this.#resumed += 1;
        return;
      case "pauses":
        this.#pauses += 1;
        this.#resumed += 1;
        this.cues.push({ cue: "pause", ...window });
        if (open.length > 0) this.cues.push({ cue: "status" }, ...open);
        this.cues.push(told("workflow_paused", this.#pauses), { cue: "status" }, ...meanwhile, { cue: "resume" });
        this.cues.push(told("workflow_running", this.#resumed + 1));
        return;
      case "terminates":
      case "restarts":
        if (this.#pass === 1) throw new Cut(interruption === "terminates" ? "terminate" : "restart", window);
        this.cues.push(...open);
    }
  }

  #used(kind: string, name: string): number {
    return this.#uses.get(`${kind} ${name}`) ?? 0;
  }

  #use(kind: string, name: string): string {
    const count = this.#used(kind, name) + 1;
    this.#uses.set(`${kind} ${name}`, count);
    return `${name}-${count}`;
  }
}
