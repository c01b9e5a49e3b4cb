import type { Command } from "commander";
import { encodeValue } from "perdure/values/encode";
import { callsEngine } from "../calling.ts";
import type { Engine } from "../engine.ts";
import { EXIT } from "../exit-code.ts";
import { jsonValue } from "../options.ts";
import { refText, statusText } from "../show/text.ts";
import { instant } from "../show/time.ts";
import { given, instanceJson, namesInstance, PROMPTLY, type Ref, resolveRef } from "./instance.ts";

/** Flags that are given, by their names. */
type Flags = Readonly<Record<string, boolean | undefined>>;

/** The commands that change what an instance does, and the call behind each. */
const COMMANDS = {
  pause: {
    summary: "pause an instance",
    description:
      "Pauses an instance: at once when nothing is in flight, otherwise after the steps in flight. Its clocks stand still until it is resumed. No effect on a finished one.",
    call: (engine: Engine, ref: Ref) => engine.calls.pauseInstance({ ref }, PROMPTLY),
  },
  resume: {
    summary: "let a paused instance go on",
    description: "Lets a paused instance go on, or takes a pending pause back. No effect on any other.",
    call: (engine: Engine, ref: Ref) => engine.calls.resumeInstance({ ref }, PROMPTLY),
  },
  terminate: {
    summary: "end an instance at once",
    description:
      "Ends an instance at once, or with --rollback when its steps were undone; code in flight is cut off. Refused when it is finished already.",
    flags: { rollback: "undo its steps before, the one that started last first" },
    call: (engine: Engine, ref: Ref, { rollback = false }: Flags) =>
      engine.calls.terminateInstance({ ref, rollback }, PROMPTLY),
  },
} as const;

export function addSteering(instances: Command): void {
  for (const [name, steering] of Object.entries(COMMANDS)) {
    const { summary, description, call } = steering;
    const command = namesInstance(instances.command(name).summary(summary).description(description));
    const flags: Readonly<Record<string, string>> = "flags" in steering ? steering.flags : {};
    for (const [flag, says] of Object.entries(flags)) command.option(`--${flag}`, says);
    callsEngine<Flags>(command, async ({ engine, out, json, options, args }) => {
      const instance = given((await call(engine, await resolveRef(engine, args), options)).instance);
      if (json) out.json(instanceJson(instance));
      else out.print(`${refText(instance.ref)} is ${statusText(instance.status)}`);
      return EXIT.ok;
    });
  }
}

interface SendEventOptions {
  readonly type: string;
  readonly payload?: unknown;
}

export function addSendEvent(instances: Command): void {
  const command = namesInstance(instances.command("send-event"))
    .summary("send an event to an instance")
    .description("Sends an event to an instance. It is kept until a step.waitForEvent of its type takes it.")
    .requiredOption("--type <type>", "the event's type, as waitForEvent names it")
    .option(
      "--payload <json>",
      'what the event carries: JSON, "@file" or "-" for stdin; nothing unless given',
      jsonValue,
    );
  callsEngine<SendEventOptions>(command, async ({ engine, out, json, options: { type, payload }, args }) => {
    const ref = await resolveRef(engine, args);
    const event = { ref, type, ...(payload !== undefined && { payload: encodeValue(payload) }) };
    const { acceptTime } = await engine.calls.sendEvent(event, PROMPTLY);
    const name = { workflow: ref.workflow, instanceId: ref.instanceId };
    if (json) out.json({ ...name, type, acceptTime: new Date(instant(acceptTime) ?? 0).toISOString() });
    else out.print(`${ref.workflow}/${ref.instanceId} has the event "${type}"`);
    return EXIT.ok;
  });
}
