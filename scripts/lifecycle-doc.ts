/** `npm run lifecycle` writes docs/lifecycle.md from the tables that the engine decides by. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import {
  DENY,
  isFinished,
  ON_COMMAND,
  ON_FACT,
  SAME,
  type Command,
  type Fact,
  type Status,
} from "../services/engine/src/domain/lifecycle.ts";

const PAGE = join(import.meta.dirname, "../docs/lifecycle.md");

const STATUS_MEANS = {
  queued: "Ready, and no worker has it yet.",
  running: "A worker has it under a lease.",
  waiting: "Parked until a timer or an event; no worker has it.",
  waitingForPause: "A pause was asked for; steps in flight are still to end. No new step starts.",
  paused: "Paused. Its clocks stand still; events are kept for it.",
  complete: "Finished: `run` returned.",
  errored: "Finished: `run` threw.",
  terminated: "Finished: a caller ended it.",
} as const satisfies Record<Status, string>;

const COMMAND_MEANS = {
  pause: "stops the instance, as soon as no step is in flight.",
  resume: "lets it go on. Its sleeps, retries and waits are later by the time it was paused.",
  terminate: "ends it at once.",
  rollBack: "undoes its steps and ends it then, where steps have a rollback; at once where none has.",
  restart: "begins its next run: same params, empty journal.",
} as const satisfies Record<Command, string>;

const FACT_MEANS = {
  start: "a worker was given the instance, with a new lease.",
  park: "nothing can run until a timer or an event; the lease is released.",
  wake: "a timer fired, or an event came for a wait.",
  lose: "the lease ended without its holder's doing.",
  complete: "`run` returned.",
  fail: "`run` threw.",
  rollBack: "`run` threw, and steps are undone before it ends.",
  settlePause: "a pause that was asked for takes effect: nothing is in flight any more.",
} as const satisfies Record<Fact, string>;

type Cell = Status | typeof SAME | typeof DENY;
type Table<M extends string> = Readonly<Record<Status, Readonly<Record<M, Cell>>>>;

const STATUSES = Object.keys(ON_COMMAND) as Status[];
const COMMANDS = Object.keys(COMMAND_MEANS) as Command[];
const FACTS = Object.keys(FACT_MEANS) as Fact[];

/** The page as it should be. */
export async function lifecyclePage(): Promise<string> {
  const text = `
<!-- Written by "npm run lifecycle" from the tables in services/engine/src/domain/lifecycle.ts: change them there. -->

# The life of an instance

What an instance can be doing, and what moves it on. The engine decides by the two tables on this page and in no other
way; the status that callers see is the one named here.

${bullets(STATUS_MEANS)}

## The moves

${diagram()}

${everywhere()}

## What a caller's command does

${bullets(COMMAND_MEANS)}

${table(ON_COMMAND, COMMANDS)}

## What the lease, its holder's reports and time do

${bullets(FACT_MEANS)}

${table(ON_FACT, FACTS)}

**=** changes nothing and nobody minds. **–** cannot happen: the call is refused with \`INVALID_TRANSITION\`, a worker's report
before that with \`LEASE_LOST\`, because only the holder of a lease reports. What comes late in the nature of things (a grant
of an instance that another worker has, the loss of a lease that has ended) is no error and changes nothing.
`;
  return format(text, { ...(await resolveConfig(PAGE)), parser: "markdown" });
}

function bullets(meanings: Readonly<Record<string, string>>): string {
  return Object.entries(meanings)
    .map(([word, meaning]) => `- \`${word}\`: ${meaning}`)
    .join("\n");
}

function table<M extends string>(cells: Table<M>, moves: readonly M[]): string {
  const row = (first: string, rest: readonly string[]) => `| ${[first, ...rest].join(" | ")} |`;
  const rows = STATUSES.map((status) =>
    row(
      `\`${status}\``,
      moves.map((move) => shown(cells[status][move])),
    ),
  );
  return [
    row("from", moves),
    row(
      "---",
      moves.map(() => "---"),
    ),
    ...rows,
  ].join("\n");
}

function shown(cell: Cell): string {
  switch (cell) {
    case SAME:
      return "=";
    case DENY:
      return "–";
    case "queued":
    case "running":
    case "waiting":
    case "waitingForPause":
    case "paused":
    case "complete":
    case "errored":
    case "terminated":
      return `\`${cell}\``;
  }
}

/** Commands that lead to the same status from everywhere; arrows for these would hide the others. */
function constantCommands(): readonly Command[] {
  return COMMANDS.filter((command) => new Set(STATUSES.map((status) => ON_COMMAND[status][command])).size === 1);
}

function everywhere(): string {
  return constantCommands()
    .map((command) => `Not drawn: \`${command}\`, which leads from every status to \`${ON_COMMAND.queued[command]}\`.`)
    .join("\n");
}

/** One arrow for each pair of statuses, with all the moves that lead along it. A caller's commands are written with a mark. */
function diagram(): string {
  const arrows = new Map<string, string[]>();
  const draw = (from: Status, cell: Cell, label: string) => {
    if (cell === SAME || cell === DENY) return;
    const arrow = `${from} --> ${cell}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), label]);
  };
  const hidden = constantCommands();
  for (const status of STATUSES) {
    for (const fact of FACTS) draw(status, ON_FACT[status][fact], fact);
    for (const command of COMMANDS)
      if (!hidden.includes(command)) draw(status, ON_COMMAND[status][command], `${command}()`);
  }
  const lines = [
    "[*] --> queued : create()",
    "[*] --> running : create() while a worker waits",
    ...[...arrows].map(([arrow, labels]) => `${arrow} : ${labels.join(", ")}`),
    ...STATUSES.filter(isFinished).map((status) => `${status} --> [*]`),
  ];
  return [
    "```mermaid",
    "stateDiagram-v2",
    ...lines.map((line) => `    ${line}`),
    "```",
    "",
    "`name()` is a caller's command.",
  ].join("\n");
}

if (import.meta.main) await writeFile(PAGE, await lifecyclePage());
