import type { Command } from "commander";
import { encodeValue } from "perdure/values/encode";
import { callsEngine } from "../calling.ts";
import { inNamespace } from "../engine.ts";
import { EXIT } from "../exit-code.ts";
import { given, instanceJson, PROMPTLY } from "../instances/instance.ts";
import { jsonValue } from "../options.ts";
import { refText, statusText } from "../show/text.ts";

interface TriggerOptions {
  readonly id?: string;
}

export function addTrigger(workflows: Command): void {
  const command = workflows
    .command("trigger")
    .summary("create an instance of a workflow")
    .description("Creates an instance of a workflow, as instances create does.")
    .argument("<workflow>", "the workflow's name")
    .argument("[params]", 'what run gets as event.payload: JSON, "@file" or "-" for stdin; {} unless given', jsonValue)
    .option("--id <id>", "the instance's id; a UUID unless given");
  callsEngine<TriggerOptions>(command, async ({ engine, out, json, options: { id }, args }) => {
    const [workflow = "", params] = args as readonly [string?, unknown?];
    const instance = {
      ...(id !== undefined && { instanceId: id }),
      ...(params !== undefined && { params: encodeValue(params) }),
    };
    const created = await engine.calls.createInstance({ ...inNamespace(engine), workflow, instance }, PROMPTLY);
    const now = given(created.instance);
    if (json) out.json(instanceJson(now));
    else out.print(`${refText(now.ref)} is ${statusText(now.status)}`);
    return EXIT.ok;
  });
}
