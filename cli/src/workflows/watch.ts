import { type Command, Option } from "commander";
import { type LifecycleEventType, LifecycleEventTypeSchema } from "perdure/proto/perdure/v1/instance_pb";
import type { WatchWorkflowsResponse } from "perdure/proto/perdure/v1/workflow_service_pb";
import { callsEngine } from "../calling.ts";
import { inNamespace } from "../engine.ts";
import { EXIT } from "../exit-code.ts";
import { styled } from "../output.ts";
import { enumWord } from "../show/json.ts";
import { refText } from "../show/text.ts";
import { clockText, instant } from "../show/time.ts";

/** Turns by the words for them. */
const TYPES: ReadonlyMap<string, LifecycleEventType> = new Map(
  LifecycleEventTypeSchema.values
    .filter(({ number }) => number !== 0)
    .map(({ number }) => [wordOf(number), number as LifecycleEventType]),
);

interface WatchOptions {
  readonly type?: readonly string[];
}

export function addWatch(workflows: Command): void {
  const command = workflows
    .command("watch")
    .argument("[workflow]", "only this workflow")
    .summary("show the turns in the lives of instances, as they come")
    .description(
      "Shows when instances are queued, started, paused and ended, a line each, until it is stopped. With --json each line is an event as Cloudflare's queues have them.",
    )
    .addOption(new Option("--type <type...>", "only these turns; several may be given").choices([...TYPES.keys()]));
  callsEngine<WatchOptions>(command, async ({ engine, out, json, options, args: [workflow] }) => {
    const types = (options.type ?? []).flatMap((word) => TYPES.get(word) ?? []);
    const request = { ...inNamespace(engine), ...(workflow !== undefined && { workflow }), types };
    for await (const event of engine.calls.watchWorkflows(request)) {
      // The first one only says that the watch has begun.
      if (event.ref === undefined) out.note(styled("dim", "watching"));
      else if (json) out.ndjson(eventJson(event));
      else out.print(`${styled("dim", clockText(timeOf(event)))}  ${refText(event.ref)} ${wordOf(event.type)}`);
    }
    return EXIT.ok;
  });
}

/** The form that event subscriptions of Cloudflare deliver. */
function eventJson(event: WatchWorkflowsResponse): object {
  const { ref, type } = event;
  return {
    type: `cf.workflows.workflow.instance.${wordOf(type)}`,
    source: { type: "workflows.workflow", workflowName: ref?.workflow },
    payload: { versionId: "current", instanceId: ref?.instanceId },
    metadata: {
      accountId: ref?.namespace,
      eventSchemaVersion: 1,
      eventTimestamp: new Date(timeOf(event)).toISOString(),
    },
  };
}

const timeOf = ({ eventTime }: WatchWorkflowsResponse): number => instant(eventTime) ?? 0;

function wordOf(type: number): string {
  return enumWord(LifecycleEventTypeSchema, type);
}
