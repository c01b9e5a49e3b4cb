/** What kind of difference there is between a journal and what the code asks for. */
export type ReplayDifferenceKind =
  /** The journal has a step that the code does not ask for. */
  | "gone"
  /** The code asks for a step that the journal does not have, though it goes on after it. */
  | "added"
  /** The code asks for a step of another name, at the place of one of the journal. */
  | "renamed"
  /** The code asks for a sleep where the journal has a step of that name, or the like. */
  | "kind"
  /** Another config, duration, type of event or timeout. */
  | "input"
  /** The code asks for a step only after the journal has its end. */
  | "order"
  /** A wait is cancelled by one of them only. */
  | "cancelled"
  /** The code throws where the journal went on. */
  | "threw"
  /** The code returns where the journal went on. */
  | "returned"
  /** The code goes on where the run of the journal ended. */
  | "unended"
  /** The run ends with another output, or another error. */
  | "outcome";

/** A step as its author names it. */
export interface ReplayStep {
  readonly kind: "do" | "sleep" | "wait";
  readonly name: string;
  /** Which use of the name by its kind, from 1. */
  readonly count: number;
}

/** One difference. */
export interface ReplayDifference {
  readonly kind: ReplayDifferenceKind;
  /** The step it is about, as the code names it if it does. Null: the run as a whole. */
  readonly step: ReplayStep | null;
  /** The same for people, with names of steps as journals show them: "charge-1". */
  readonly message: string;
}

/** What a replay of one journal has shown. */
export interface ReplayReport {
  readonly workflow: string;
  readonly instanceId: string;
  readonly run: number;
  /** None: the code does what the journal says. */
  readonly differences: readonly ReplayDifference[];
  /** How the run of the journal ended; "open" when it has not, "cut" when a caller ended or restarted it. */
  readonly end: "complete" | "errored" | "cut" | "open";
  /** Where the journal of a run that is open, or was cut, ends: what the code waits for or would ask for next. */
  readonly next: readonly string[];
  /** What could not be compared, and why. */
  readonly notes: readonly string[];
}
