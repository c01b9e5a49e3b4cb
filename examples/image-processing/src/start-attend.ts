import { setTimeout as delay } from "node:timers/promises";
import type { Engine } from "@perdure/cli/engine";
import { follow } from "@perdure/cli/instances/follow";
import { InstanceStory } from "@perdure/cli/show/instance-story";
import { lineText } from "@perdure/cli/show/line";
import type { Client } from "perdure/client";
import type { JournalRecord } from "perdure/proto/perdure/v1/journal_pb";
import { askForApproval, personAtTerminal } from "./start-approval.ts";
import { APPROVED, type ImageInstance, WORKFLOW } from "./start-instance.ts";

/** Long enough to see that the instance waits. */
const BY_ITSELF_MS = 3_000;

/** Shows what happens to an instance, and has it approved when it waits for that; until its end, or until somebody says no. */
export async function attend(
  instance: ImageInstance,
  client: Client,
  engine: Engine,
  say: (text: string) => void,
): Promise<"ended" | "not approved"> {
  const story = new InstanceStory();
  const refused = new AbortController();
  const over = new AbortController();
  let approval: Promise<void> | undefined;
  const approve = async (): Promise<void> => {
    if (await isApproved(client, instance.id)) return;
    if (personAtTerminal) {
      if (!(await askForApproval(over.signal))) return refused.abort();
    } else {
      say(`No terminal to ask on: in ${BY_ITSELF_MS / 1_000} s the example sends the event "${APPROVED}" itself`);
      await delay(BY_ITSELF_MS);
    }
    await instance.sendEvent({ type: APPROVED });
  };
  try {
    for await (const followed of follow(engine, { workflow: WORKFLOW, instanceId: instance.id }, refused.signal)) {
      for (const line of story.lines(followed)) say(lineText(line));
      if (has(followed.record, "waitStarted")) approval ??= approve();
      // Somebody else may have approved it.
      if (has(followed.record, "waitCompleted")) over.abort();
    }
  } catch (error) {
    if (!refused.signal.aborted) throw error;
    return "not approved";
  } finally {
    over.abort();
  }
  await approval;
  return "ended";
}

/** Whether the event was sent before: by a start of this example that was killed then, say. */
async function isApproved(client: Client, id: string): Promise<boolean> {
  for await (const { entries } of client.instances.journal(WORKFLOW, id)) {
    if (entries.some(({ entry }) => entry.case === "eventAccepted" && entry.value.type === APPROVED)) return true;
  }
  return false;
}

const has = ({ entries }: JournalRecord, kind: string): boolean => entries.some(({ entry }) => entry.case === kind);
