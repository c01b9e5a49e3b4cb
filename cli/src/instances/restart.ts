import { type Command, Option } from "commander";
import { StepKind } from "perdure/proto/perdure/v1/step_pb";
import { callsEngine } from "../calling.ts";
import { EXIT } from "../exit-code.ts";
import { wholeNumber } from "../options.ts";
import { CommandRefused } from "../refusal.ts";
import { refText, statusText } from "../show/text.ts";
import { given, instanceJson, namesInstance, PROMPTLY, resolveRef } from "./instance.ts";

/** What the contract's 32 bits hold. */
const COUNT_MAX = 0xffff_ffff;

/** The kinds of steps, as the programming model calls them. */
const KINDS = { do: StepKind.DO, sleep: StepKind.SLEEP, waitForEvent: StepKind.WAIT } as const;

interface RestartOptions {
  readonly fromStepName?: string;
  readonly fromStepCount?: number;
  readonly fromStepType?: keyof typeof KINDS;
}

export function addRestart(instances: Command): void {
  const command = namesInstance(instances.command("restart"))
    .summary("start an instance anew, or from a step")
    .description(
      "Starts an instance anew, whatever it is doing: same id and params, an empty journal. From a step, what started before that step answers from the journal.",
    )
    .option("--from-step-name <name>", "begin at this step, named as in the code")
    .option("--from-step-count <number>", "which use of the name; 1 unless given", wholeNumber(COUNT_MAX))
    .addOption(
      new Option("--from-step-type <type>", 'the kind of step; "do" unless given').choices(Object.keys(KINDS)),
    );
  callsEngine<RestartOptions>(command, async ({ engine, out, json, options, args }) => {
    const from = stepSelector(options);
    const ref = await resolveRef(engine, args);
    const instance = given((await engine.calls.restartInstance({ ref, ...(from && { from }) }, PROMPTLY)).instance);
    if (json) out.json(instanceJson(instance));
    else out.print(`${refText(instance.ref)} is ${statusText(instance.status)}`);
    return EXIT.ok;
  });
}

/** @throws {CommandRefused} when a step is described without its name. */
function stepSelector({ fromStepName: name, fromStepCount: count, fromStepType: type }: RestartOptions) {
  if (name !== undefined) return { name, kind: KINDS[type ?? "do"], ...(count !== undefined && { count }) };
  if (count === undefined && type === undefined) return null;
  throw new CommandRefused("INVALID_FIELD", "--from-step-count and --from-step-type need --from-step-name", EXIT.usage);
}
