import type { Command } from "commander";
import { type Instance, type Rollback, RollbackOutcomeSchema } from "perdure/proto/perdure/v1/instance_pb";
import { callsEngine } from "../calling.ts";
import type { Engine } from "../engine.ts";
import { EXIT } from "../exit-code.ts";
import { styled } from "../output.ts";
import { enumWord } from "../show/json.ts";
import { RunView } from "../show/run-view.ts";
import { stepsTable } from "../show/steps-table.ts";
import { stepJson } from "../show/step-view.ts";
import { facts } from "../show/table.ts";
import { failureText, refText, statusText, valueBlock } from "../show/text.ts";
import { agoText, durationText, instant, momentText, untilText } from "../show/time.ts";
import { given, instanceJson, namesInstance, PROMPTLY, type Ref, resolveRef } from "./instance.ts";

/** What people are shown of params and output, in characters. */
const VALUE_LENGTH_MAX = 2_000;

export function addDescribe(instances: Command): void {
  const command = namesInstance(instances.command("describe"))
    .summary("show an instance and its steps")
    .description(
      "Shows an instance: status, params, output or error, and each step with its attempts, times and what it waits for.",
    );
  callsEngine(command, async ({ engine, out, json, args }) => {
    const ref = await resolveRef(engine, args);
    const instance = given((await engine.calls.getInstance({ ref }, PROMPTLY)).instance);
    const view = await readRun(engine, ref);
    if (json) out.json({ ...instanceJson(instance), steps: view.steps.map(stepJson) });
    else out.print(description(instance, view, Date.now()));
    return EXIT.ok;
  });
}

/** The whole journal of the current run, folded. */
async function readRun(engine: Engine, ref: Ref): Promise<RunView> {
  const view = new RunView();
  for (let read = 0; ;) {
    const { records, position } = await engine.calls.getJournal(
      { ref, afterPosition: read, pageSize: 1_000 },
      PROMPTLY,
    );
    for (const record of records) view.apply(record);
    read = records.at(-1)?.position ?? position;
    if (read >= position) return view;
  }
}

function description(instance: Instance, view: RunView, now: number): string {
  const parts = [
    `${styled("bold", refText(instance.ref))}  ${statusText(instance.status)}`,
    facts(factsOf(instance, view, now)),
    ...(instance.params === undefined ? [] : [block("params", valueBlock(instance.params, VALUE_LENGTH_MAX))]),
    ...(instance.output === undefined ? [] : [block("output", valueBlock(instance.output, VALUE_LENGTH_MAX))]),
    ...(instance.failure === undefined ? [] : [block("error", styled("red", failureText(instance.failure)))]),
    ...(view.steps.length === 0 ? ["no step has started"] : [stepsTable(view.steps, now)]),
  ];
  return parts.join("\n\n");
}

function factsOf(instance: Instance, { pausedAt }: RunView, now: number): readonly (readonly [string, string])[] {
  const createdAt = instant(instance.createTime) ?? 0;
  const endedAt = instant(instance.endTime);
  const purgeAt = instant(instance.purgeTime);
  return [
    ["namespace", instance.ref?.namespace ?? ""],
    ["run", String(instance.run)],
    ["created", `${momentText(createdAt)}, ${agoText(createdAt, now)}`],
    ["ended", endedAt === undefined ? "" : `${momentText(endedAt)}, after ${durationText(endedAt - createdAt)}`],
    ["rollback", rollbackText(instance.rollback)],
    ["paused", pausedAt === undefined ? "" : `${momentText(pausedAt)}, ${agoText(pausedAt, now)}`],
    ["purged", purgeAt === undefined ? "" : `${momentText(purgeAt)}, ${untilText(purgeAt, now)}`],
  ];
}

function rollbackText(rollback: Rollback | undefined): string {
  if (rollback === undefined) return "";
  const word = enumWord(RollbackOutcomeSchema, rollback.outcome);
  return rollback.failure === undefined ? word : `${word}  ${failureText(rollback.failure)}`;
}

const block = (title: string, text: string): string => `${styled("dim", title)}\n${text}`;
