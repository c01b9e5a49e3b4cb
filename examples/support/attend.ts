import { type Followed, follow } from "@perdure/cli/instances/follow";
import { InstanceStory } from "@perdure/cli/show/instance-story";
import { lineText } from "@perdure/cli/show/line";
import type { InstanceHandle } from "perdure/client";
import { isTransient } from "perdure/transport-errors";
import type { JournalEntry, JournalRecord } from "perdure/proto/perdure/v1/journal_pb";
import type { Stage } from "./demonstrate.ts";
import type { Actor } from "./instance.ts";
import { served } from "./parts.ts";

export interface AttendOptions {
  /** Called for each record, from the first one on, after its lines are told. */
  readonly onRecord?: (record: JournalRecord) => void;
  /** Begins each line, where several instances are told at once. */
  readonly label?: string;
  /** Leaves the lines out, where the caller tells it otherwise. Default false. */
  readonly quiet?: boolean;
  /** Ends it with its reason. */
  readonly signal?: AbortSignal;
}

/** Tells what happens to an instance, from its first record to its end. */
export async function attend(stage: Stage, actor: Actor<unknown>, options: AttendOptions = {}): Promise<void> {
  const { onRecord, label, quiet = false, signal } = options;
  const story = new InstanceStory();
  for await (const followed of patiently(stage, actor, signal)) {
    const lines = story.lines(followed);
    if (!quiet) for (const line of lines) stage.say(lineText(line, label));
    onRecord?.(followed.record);
  }
}

/** Follows an instance however long its engine takes to come back: it is started again from here. */
async function* patiently(stage: Stage, actor: Actor<unknown>, signal?: AbortSignal): AsyncGenerator<Followed> {
  const ref = { workflow: actor.workflow, instanceId: actor.instance.id };
  let seen = { run: 0, position: 0 };
  for (;;) {
    try {
      for await (const followed of follow(stage.engine, ref, signal)) {
        const { run, record } = followed;
        if (run < seen.run || (run === seen.run && record.position <= seen.position)) continue;
        seen = { run, position: record.position };
        yield followed;
      }
      return;
    } catch (error) {
      if (!isTransient(error, signal)) throw error;
      await served(stage.engine.address);
    }
  }
}

/** What an instance that must complete has returned. @throws Error when it ended otherwise. */
export async function outputOf<Output>(instance: InstanceHandle<Output>): Promise<Output> {
  const { status, error } = await instance.status();
  if (status !== "complete") throw new Error(`the instance is ${status}: ${error?.name ?? ""} ${error?.message ?? ""}`);
  return instance.result();
}

/** Whether an event of this type was sent before: by a start of the example that was killed then, say. */
export async function wasSent(
  { client }: Stage,
  { workflow, instance }: Actor<unknown>,
  type: string,
): Promise<boolean> {
  for await (const record of client.instances.journal(workflow, instance.id)) {
    if (entriesOf(record, "eventAccepted").some((event) => event.type === type)) return true;
  }
  return false;
}

type Kind = NonNullable<JournalEntry["entry"]["case"]>;
type Entry<K extends Kind> = Extract<JournalEntry["entry"], { case: K }>["value"];

/** The entries of one kind in a record. */
export function entriesOf<K extends Kind>({ entries }: JournalRecord, kind: K): readonly Entry<K>[] {
  return entries.flatMap(({ entry }) => (entry.case === kind ? [entry.value as Entry<K>] : []));
}
