import type { Command } from "commander";
import { encodeValue } from "perdure/values/encode";
import { callsEngine, exitCodeOf } from "../calling.ts";
import { inNamespace } from "../engine.ts";
import { EXIT } from "../exit-code.ts";
import { jsonValue } from "../options.ts";
import { styled } from "../output.ts";
import { failureText, refText, statusText, statusWord, valueBlock } from "../show/text.ts";
import { given, instanceJson, PROMPTLY, type Ref } from "./instance.ts";
import { waitForEnd } from "./wait.ts";

/** What people are shown of an output, in characters. */
const OUTPUT_LENGTH_MAX = 5_000;

interface CreateOptions {
  readonly id?: string;
  readonly params?: unknown;
  readonly wait?: boolean;
}

export function addCreate(instances: Command): void {
  const command = instances
    .command("create")
    .summary("create an instance")
    .description("Records a new instance of a workflow. A worker for the workflow may come later.")
    .argument("<workflow>", "the workflow's name")
    .option("--id <id>", "the instance's id; a UUID unless given")
    .option(
      "--params <json>",
      'what run gets as event.payload: JSON, "@file" or "-" for stdin; {} unless given',
      jsonValue,
    )
    .option("--wait", "wait for the end and show the output; exit code 1 when the instance errored or was terminated");
  callsEngine<CreateOptions>(command, async ({ engine, out, json, options, args: [workflow = ""] }) => {
    const { id, params, wait } = options;
    const instance = {
      ...(id !== undefined && { instanceId: id }),
      ...(params !== undefined && { params: encodeValue(params) }),
    };
    const created = given(
      (await engine.calls.createInstance({ ...inNamespace(engine), workflow, instance }, PROMPTLY)).instance,
    );
    if (wait !== true) {
      if (json) out.json(instanceJson(created));
      else out.print(`${refText(created.ref)} is ${statusText(created.status)}`);
      return EXIT.ok;
    }
    if (!json) out.note(styled("dim", `${refText(created.ref)} is created`));
    const ended = await waitForEnd(engine, created.ref as Ref);
    if (json) out.json(instanceJson(ended));
    else if (ended.output !== undefined) out.print(valueBlock(ended.output, OUTPUT_LENGTH_MAX));
    else out.note(`${refText(ended.ref)} is ${statusText(ended.status)}  ${failureText(ended.failure)}`.trimEnd());
    return exitCodeOf(statusWord(ended.status));
  });
}
