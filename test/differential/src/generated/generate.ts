import type { DifferenceName } from "../../differences.ts";
import { Dice } from "./dice.ts";
import {
  type Act,
  type Do,
  FAILURE_KINDS,
  type Interruption,
  type Loop,
  type Program,
  type Retries,
  type Sleep,
  type Together,
  type Try,
  VALUE_KINDS,
  type Wait,
} from "./program.ts";
import { endOf } from "./script.ts";

/** Differences that the rules here leave out, beside those with a scenario. Each is named where it is. */
export const LEFT_OUT = [
  "raceByJournal",
  "finalStaysFinal",
  "sleepsByLength",
] as const satisfies readonly DifferenceName[];

const HOUR_MS = 3_600_000;

/** Time enough to do something to an instance meanwhile, on a busy machine too. */
const A_WHILE_MS = 10_000;

/** The shortest timeout that a wait can have. */
const WAIT_MS_MIN = 1_000;

/** Of attempts that hang. Then all of them do: one that is to succeed in time would not, on a busy machine. */
const ATTEMPT_MS = 100;

const DEPTH_MAX = 2;

/** Where an act is put, and so what it may be. */
interface Place {
  /** Part of the names of its steps: "" or "@" and a number. */
  readonly branch: string;
  readonly depth: number;
  readonly inLoop: boolean;
  /** Whether it may throw. */
  readonly mayFail: boolean;
}

/** A random program. Whatever it is made of, no clock decides what it shows: that is what the rules here are for. */
export function programOf(seed: number): Program {
  return new Maker(seed).program(seed);
}

class Maker {
  readonly #dice: Dice;
  readonly #interruption: Interruption;
  readonly #afterwards: Program["afterwards"];
  /**
   * The local engine replays after a pause only, and then has differences of its own: "raceByJournal", "eventOnce",
   * "sleepUntilIsJournaled", "finalStaysFinal". It stops a run by throwing into it, which what catches errors there catches.
   */
  readonly #pauses: boolean;
  /** Names of steps by branch, to use some again. */
  readonly #names = new Map<string, string[]>();
  readonly #sleeps = new Map<string, Sleep>();
  #made = 0;

  constructor(seed: number) {
    this.#dice = new Dice(seed);
    this.#interruption = this.#dice.weighted<Interruption>({
      passes: 50,
      pauses: 24,
      unpauses: 6,
      resumes: 4,
      terminates: 8,
      restarts: 8,
    });
    this.#pauses = this.#interruption === "pauses" || this.#interruption === "unpauses";
    const commands = ["pause", "resume", "terminate", "restart"] as const;
    this.#afterwards = Array.from({ length: this.#dice.chance(12) ? this.#dice.from(1, 2) : 0 }, () =>
      this.#dice.pick(commands),
    );
  }

  program(seed: number): Program {
    const root: Place = { branch: "", depth: 0, inLoop: false, mayFail: this.#dice.chance(35) };
    const before = this.#acts(root, 0, 3);
    const body = endOf(before) === "done" ? [...before, ...this.#interrupted(), ...this.#acts(root, 1, 4)] : before;
    return { seed, body, returns: this.#value(), afterwards: this.#afterwards };
  }

  /** What the program's interruption comes in. */
  #interrupted(): readonly Act[] {
    const interruption = this.#interruption;
    if (interruption === "passes") return [];
    const long = interruption === "terminates" && !this.#afterwards.includes("restart") ? HOUR_MS : A_WHILE_MS;
    const where = ["unpauses", "resumes"].includes(interruption)
      ? "held"
      : this.#dice.weighted({ held: 4, sleep: 2, wait: 4, backingOff: 2, branch: interruption === "pauses" ? 2 : 0 });
    const place: Place = { branch: "", depth: 0, inLoop: false, mayFail: false };
    switch (where) {
      case "held":
        return [{ act: "do", name: this.#name("do", ""), returns: this.#value(), held: interruption }];
      case "sleep":
        return [{ act: "sleep", name: this.#fresh("nap", ""), ms: long, during: interruption }];
      case "wait": {
        const event = interruption === "pauses" && this.#dice.chance(50) ? "paused" : "during";
        return [{ ...this.#wait(place), event, during: interruption }];
      }
      case "backingOff": {
        const retries: Retries = { limit: 1, delay: long, backoff: "constant" };
        const name = this.#fresh("do", "");
        return [{ act: "do", name, returns: this.#value(), fails: ["Error"], retries, backingOff: interruption }];
      }
      case "branch": {
        const [first, ...others] = Array.from({ length: this.#dice.from(2, 4) }, () => this.#branch(place));
        const held: Do = { act: "do", name: this.#fresh("do", first!.branch), returns: "text", held: interruption };
        const beside = (branch: Place): Act =>
          this.#dice.chance(50)
            ? { act: "do", name: this.#fresh("do", branch.branch), returns: this.#value() }
            : this.#wait(branch);
        const branches = [[held], ...others.map((branch) => [beside(branch)])];
        return [{ act: "together", how: "all", branches }];
      }
    }
  }

  #acts(place: Place, min: number, max: number): readonly Act[] {
    const acts: Act[] = [];
    for (let left = this.#dice.from(min, max); left > 0; left -= 1) {
      acts.push(this.#act(place));
      if (endOf(acts) !== "done") return acts;
    }
    return acts;
  }

  #act(place: Place): Act {
    const deep = place.depth >= DEPTH_MAX;
    const { branch } = place;
    const kind = this.#dice.weighted({
      do: 40,
      sleep: 12,
      ...(this.#pauses && place.inLoop ? {} : { wait: 14 }),
      // Of an inner step it is not determined how often it was called where replays leave out the outer one.
      ...(this.#pauses || place.inLoop ? {} : { nest: 4, until: 2 }),
      fan: 4,
      ...(deep ? {} : { together: 16, try: 12, loop: 8 }),
      ...(place.mayFail ? { fails: 10 } : {}),
      ...(branch === "" && place.mayFail ? { return: 3 } : {}),
    });
    switch (kind) {
      case "do":
        return this.#do(place);
      case "sleep":
        return this.#sleep(branch);
      case "until":
        return { act: "sleep", name: this.#fresh("until", branch), ms: A_WHILE_MS, until: true };
      case "wait":
        return this.#wait(place);
      case "nest":
        return { act: "nest", name: this.#fresh("outer", branch), inner: this.#fresh("inner", branch) };
      case "fan":
        return { act: "fan", name: this.#fresh("fan*", branch), times: this.#dice.from(2, 5) };
      case "together":
        return this.#together(place);
      case "try":
        return this.#try(place);
      case "loop":
        return this.#loop(place);
      case "fails":
        return this.#failing(place);
      case "return":
        return { act: "return" };
    }
  }

  #do({ branch }: Place): Do {
    const plain = { act: "do", name: this.#name("do", branch), returns: this.#value() } as const;
    const style = this.#dice.weighted({ plain: 40, sync: 8, retried: 26, configured: 8, held: 14 });
    switch (style) {
      case "plain":
        return plain;
      case "sync":
        return { ...plain, sync: true };
      case "configured":
        return { ...plain, retries: this.#retries(0) };
      case "retried": {
        const fails = Array.from({ length: this.#dice.from(1, 3) }, () => this.#transient());
        return {
          ...plain,
          fails,
          retries: this.#retries(fails.length),
          ...(this.#dice.chance(15) && { sync: true as const }),
        };
      }
      case "held":
        // One callback at most is held where another is in flight that a pause waits for.
        return this.#pauses && branch !== "" ? plain : { ...plain, held: "passes" };
    }
  }

  #failing(place: Place): Act {
    const kind = this.#dice.weighted({
      exhausted: 5,
      throw: 4,
      timesOut: 2,
      ...(this.#pauses ? {} : { nonRetryable: 3, past: 1, hangs: 2 }),
    });
    const name = this.#name("do", place.branch);
    switch (kind) {
      case "exhausted": {
        const fails = Array.from({ length: this.#dice.from(1, 3) }, () => this.#transient());
        return {
          act: "do",
          name,
          returns: "nothing",
          fails,
          retries: { ...this.#retries(0), limit: fails.length - 1 },
        };
      }
      case "nonRetryable": {
        const fails = [
          ...Array.from({ length: this.#dice.from(0, 1) }, () => this.#transient()),
          "NonRetryableError",
        ] as const;
        return { act: "do", name, returns: "nothing", fails, retries: this.#retries(fails.length) };
      }
      case "throw":
        return { act: "throw", failure: this.#dice.pick(FAILURE_KINDS) };
      case "timesOut":
        return { ...this.#wait(place), event: "never", timeoutMs: WAIT_MS_MIN + this.#dice.from(0, 100) };
      case "hangs": {
        const retries = { ...this.#retries(0), limit: this.#dice.from(0, 1) };
        return { act: "do", name, returns: "nothing", hangs: true, timeout: ATTEMPT_MS, retries };
      }
      case "past":
        return { act: "sleep", name: this.#fresh("until", place.branch), ms: -1_000, until: true };
    }
  }

  /** "sleepsByLength": of one name all sleeps are equally long, and a sleepUntil has its name for itself. */
  #sleep(branch: string): Sleep {
    const before = this.#sleeps.get(branch);
    if (before !== undefined && this.#dice.chance(30)) return before;
    const sleep: Sleep = { act: "sleep", name: this.#fresh("nap", branch), ms: this.#dice.from(1, 60) };
    this.#sleeps.set(branch, sleep);
    return sleep;
  }

  #wait({ branch }: Place): Wait {
    const event = this.#dice.pick(
      branch === "" ? (["early", "during", "anytime"] as const) : (["early", "anytime"] as const),
    );
    const name = this.#name("wait", branch);
    const type = this.#fresh("type", "");
    const timeout = this.#dice.chance(50) ? { timeoutMs: HOUR_MS } : {};
    return { act: "wait", name, type, event, sends: this.#value(), ...timeout };
  }

  #together(place: Place): Together {
    const sizes = { length: this.#dice.from(2, 4) };
    const form = this.#dice.weighted({ all: 8, allSettled: 5, ...(this.#pauses ? {} : { decided: 9, none: 2 }) });
    const failing = { ...place, mayFail: true };
    switch (form) {
      case "all":
      case "allSettled": {
        const mayFail = form === "allSettled";
        const branches = Array.from(sizes, () => this.#acts({ ...this.#branch(place), mayFail }, 1, 3));
        return { act: "together", how: form, branches };
      }
      case "none": {
        const branches = Array.from(sizes, () => {
          const branch = this.#branch(place);
          return [...this.#acts(branch, 0, 1), this.#failing({ ...branch, mayFail: true })];
        });
        return place.mayFail
          ? { act: "together", how: "any", branches }
          : { act: "together", how: "allSettled", branches };
      }
      case "decided":
        return this.#decided(failing, place.mayFail, sizes.length);
    }
  }

  #decided(place: Place, mayFail: boolean, size: number): Together {
    const how = this.#dice.pick(mayFail ? (["race", "any", "all"] as const) : (["race", "any"] as const));
    const winner = this.#dice.from(0, size - 1);
    const endless: number[] = [];
    const branches = Array.from({ length: size }, (_, index): readonly Act[] => {
      const branch = this.#branch(place);
      if (index === winner) {
        const fails = how === "all" || (how === "race" && mayFail && this.#dice.chance(30));
        const start = this.#acts({ ...branch, mayFail: false }, fails ? 0 : 1, 2);
        return fails ? [...start, this.#failing(branch)] : start;
      }
      if (how !== "all" && this.#dice.chance(25)) {
        endless.push(index);
        const sleeps = this.#dice.chance(50);
        return sleeps
          ? [{ act: "sleep", name: this.#fresh("nap", branch.branch), ms: HOUR_MS }]
          : [{ ...this.#wait(branch), event: "never", timeoutMs: HOUR_MS }];
      }
      const held: Do = { act: "do", name: this.#fresh("do", branch.branch), returns: this.#value(), held: "passes" };
      return [held, ...this.#acts({ ...branch, mayFail: true }, 0, 2)];
    });
    const decided = this.#fresh("decided", place.branch);
    return {
      act: "together",
      how,
      branches,
      winner: { branch: winner, decided },
      ...(endless.length > 0 && { endless }),
    };
  }

  #try(place: Place): Try {
    const inner = { ...place, depth: place.depth + 1 };
    const body = [...this.#acts({ ...inner, mayFail: false }, 0, 2)];
    if (this.#dice.chance(85)) body.push(this.#failing({ ...inner, mayFail: true }));
    return { act: "try", body, caught: this.#acts(inner, 0, 2) };
  }

  #loop(place: Place): Loop {
    const inner = { ...place, depth: place.depth + 1, inLoop: true };
    return { act: "loop", times: this.#dice.from(2, 3), body: this.#acts(inner, 1, 2) };
  }

  #branch(place: Place): Place {
    return { branch: `@${(this.#made += 1)}`, depth: place.depth + 1, inLoop: place.inLoop, mayFail: false };
  }

  #retries(failures: number): Retries {
    const limit = failures + this.#dice.from(0, 2);
    const delay = this.#dice.chance(15) ? "0.02 second" : this.#dice.from(1, 40);
    const backoff = this.#dice.pick([undefined, "constant", "linear", "exponential"] as const);
    return { limit, delay, ...(backoff !== undefined && { backoff }) };
  }

  #transient() {
    return this.#dice.pick(FAILURE_KINDS.filter((kind) => kind !== "NonRetryableError"));
  }

  #value() {
    return this.#dice.pick(VALUE_KINDS);
  }

  /** A name that may have been used before in this branch: across branches the order of uses is not determined. */
  #name(prefix: string, branch: string): string {
    const used = this.#names.get(prefix + branch) ?? [];
    if (used.length > 0 && this.#dice.chance(25)) return this.#dice.pick(used);
    const name = this.#fresh(prefix, branch);
    this.#names.set(prefix + branch, [...used, name]);
    return name;
  }

  #fresh(prefix: string, branch: string): string {
    return `${prefix}${(this.#made += 1)}${branch}`;
  }
}
