import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "perdure/duration";
import { callsEngine } from "../calling.ts";
import { inNamespace } from "../engine.ts";
import { EXIT } from "../exit-code.ts";
import { PROMPTLY } from "../instances/instance.ts";
import { several, wholeNumber } from "../options.ts";
import { asFacts, given, workflowJson } from "./workflow.ts";

/** What the contract takes. */
const COUNT_MAX = 1_000_000;

interface PutOptions {
  readonly stepLimit?: number;
  readonly concurrency?: number;
  readonly retention?: number;
  readonly retentionFailed?: number;
  readonly schedule?: readonly string[];
}

export function addPut(workflows: Command): void {
  const command = workflows
    .command("put")
    .summary("say how the instances of a workflow are run")
    .description(
      "Says how the instances of a workflow are run. It replaces what was said before: what is not given is as the engine is configured.",
    )
    .argument("<workflow>", "the workflow's name")
    .option("--step-limit <number>", "steps that a run may have", wholeNumber(COUNT_MAX))
    .option(
      "--concurrency <number>",
      "instances that workers may have at once; more of them queue",
      wholeNumber(COUNT_MAX),
    )
    .addOption(
      new Option("--retention <duration>", 'how long finished instances are kept, "7 days" say').argParser(duration),
    )
    .addOption(
      new Option("--retention-failed <duration>", "the same for errored ones, where it differs").argParser(duration),
    )
    .option("--schedule <cron>", "create an instance whenever this is due, in UTC; may be repeated", several);
  callsEngine<PutOptions>(command, async ({ engine, out, json, options, args: [workflow = ""] }) => {
    const { stepLimit, concurrency, retention, retentionFailed = retention, schedule = [] } = options;
    const settings = {
      ...(stepLimit !== undefined && { stepLimit }),
      ...(concurrency !== undefined && { concurrencyLimit: concurrency }),
      ...(retention !== undefined && { successRetention: durationFromMs(retention) }),
      ...(retentionFailed !== undefined && { failureRetention: durationFromMs(retentionFailed) }),
      schedules: [...schedule],
    };
    const put = await engine.calls.putWorkflow({ ...inNamespace(engine), workflow, settings }, PROMPTLY);
    const now = given(put.workflow);
    if (json) out.json(workflowJson(now));
    else out.print(asFacts(now));
    return EXIT.ok;
  });
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms >= 1) return Math.round(ms);
  throw new InvalidArgumentError('Give a duration such as "7 days", or milliseconds.');
}
