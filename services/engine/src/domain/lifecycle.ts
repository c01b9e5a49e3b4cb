import { EngineError } from "./errors.ts";

export type Status =
  "queued" | "running" | "waiting" | "waitingForPause" | "paused" | "complete" | "errored" | "terminated";
/** `rollBack` is a termination that undoes steps first. */
export type Command = "pause" | "resume" | "terminate" | "rollBack" | "restart";
export type Fact = "start" | "park" | "wake" | "lose" | "complete" | "rollBack" | "fail" | "settlePause";

/** Nothing changes and nobody minds. */
export const SAME = "same";
/** The move is refused with INVALID_TRANSITION. */
export const DENY = "deny";

type Cell = Status | typeof SAME | typeof DENY;

/** What a caller's command makes of each status. */
// prettier-ignore
export const ON_COMMAND = {
  queued:          { pause: "paused",          resume: SAME,      terminate: "terminated", rollBack: "queued", restart: "queued" },
  running:         { pause: "waitingForPause", resume: SAME,      terminate: "terminated", rollBack: "queued", restart: "queued" },
  waiting:         { pause: "paused",          resume: SAME,      terminate: "terminated", rollBack: "queued", restart: "queued" },
  waitingForPause: { pause: SAME,              resume: "running", terminate: "terminated", rollBack: "queued", restart: "queued" },
  paused:          { pause: SAME,              resume: "queued",  terminate: "terminated", rollBack: "queued", restart: "queued" },
  complete:        { pause: SAME,              resume: SAME,      terminate: DENY,         rollBack: DENY,     restart: "queued" },
  errored:         { pause: SAME,              resume: SAME,      terminate: DENY,         rollBack: DENY,     restart: "queued" },
  terminated:      { pause: SAME,              resume: SAME,      terminate: DENY,         rollBack: DENY,     restart: "queued" },
} as const satisfies Record<Status, Record<Command, Cell>>;

/** What the lease, its holder's reports and time make of each status. */
// prettier-ignore
export const ON_FACT = {
  queued:          { start: "running", park: DENY,      wake: SAME,     lose: DENY,     complete: DENY,       rollBack: DENY,      fail: DENY,      settlePause: DENY },
  running:         { start: DENY,      park: "waiting", wake: SAME,     lose: "queued", complete: "complete", rollBack: SAME,      fail: "errored", settlePause: DENY },
  waiting:         { start: DENY,      park: DENY,      wake: "queued", lose: DENY,     complete: DENY,       rollBack: DENY,      fail: DENY,      settlePause: DENY },
  waitingForPause: { start: DENY,      park: DENY,      wake: SAME,     lose: SAME,     complete: "complete", rollBack: "running", fail: "errored", settlePause: "paused" },
  paused:          { start: DENY,      park: DENY,      wake: SAME,     lose: DENY,     complete: DENY,       rollBack: DENY,      fail: DENY,      settlePause: DENY },
  complete:        { start: DENY,      park: DENY,      wake: DENY,     lose: DENY,     complete: DENY,       rollBack: DENY,      fail: DENY,      settlePause: DENY },
  errored:         { start: DENY,      park: DENY,      wake: DENY,     lose: DENY,     complete: DENY,       rollBack: DENY,      fail: DENY,      settlePause: DENY },
  terminated:      { start: DENY,      park: DENY,      wake: DENY,     lose: DENY,     complete: DENY,       rollBack: DENY,      fail: DENY,      settlePause: DENY },
} as const satisfies Record<Status, Record<Fact, Cell>>;

export function isFinished(status: Status): boolean {
  switch (status) {
    case "complete":
    case "errored":
    case "terminated":
      return true;
    case "queued":
    case "running":
    case "waiting":
    case "waitingForPause":
    case "paused":
      return false;
  }
}

/**
 * The status after a command; the same one when it has no effect.
 * @throws {EngineError} INVALID_TRANSITION when the table denies it.
 */
export function afterCommand(status: Status, command: Command): Status {
  return resolve(status, command, ON_COMMAND[status][command]);
}

/** The status after a fact. @throws {EngineError} INVALID_TRANSITION when the table denies it. */
export function afterFact(status: Status, fact: Fact): Status {
  return resolve(status, fact, ON_FACT[status][fact]);
}

function resolve(status: Status, move: Command | Fact, cell: Cell): Status {
  if (cell === DENY) {
    throw new EngineError("INVALID_TRANSITION", `cannot ${move} an instance that is ${status}`, { status, move });
  }
  return cell === SAME ? status : cell;
}
