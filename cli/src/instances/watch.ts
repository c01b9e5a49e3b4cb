import type { Command } from "commander";
import { JournalEntrySchema, type JournalRecord } from "perdure/proto/perdure/v1/journal_pb";
import { callsEngine, exitCodeOf } from "../calling.ts";
import { styled } from "../output.ts";
import { InstanceStory } from "../show/instance-story.ts";
import { messageJson } from "../show/json.ts";
import { lineText } from "../show/line.ts";
import { refText, statusText, statusWord } from "../show/text.ts";
import { instant } from "../show/time.ts";
import { type Followed, follow } from "./follow.ts";
import { given, namesInstance, PROMPTLY, resolveRef } from "./instance.ts";

export function addWatch(instances: Command): void {
  const command = namesInstance(instances.command("watch"))
    .summary("show what happens to an instance, until its end")
    .description(
      "Shows what has happened to an instance and what happens next, a line each, until its end. Exit code 0 when it completes, 1 when it errors or is terminated.",
    );
  callsEngine(command, async ({ engine, out, json, args }) => {
    const ref = await resolveRef(engine, args);
    const { instance } = await engine.calls.getInstance({ ref }, PROMPTLY);
    let status = given(instance).status;
    if (!json) out.note(styled("dim", `${refText(instance?.ref)} is ${statusText(status)}`));
    const story = new InstanceStory();
    for await (const followed of follow(engine, ref)) {
      status = followed.status;
      if (json) for (const entry of entriesJson(followed)) out.ndjson(entry);
      else for (const line of story.lines(followed)) out.print(lineText(line));
    }
    return exitCodeOf(statusWord(status));
  });
}

/** Each entry as a document of its own; `entry` says which one it is. */
function entriesJson({ run, record, status }: Followed): readonly object[] {
  return record.entries.map((entry) => {
    const [[name, fields] = ["unknown", {}]] = Object.entries(messageJson(JournalEntrySchema, entry));
    return {
      run,
      position: record.position,
      time: isoTime(record),
      status: statusWord(status),
      entry: name,
      ...(fields as object),
    };
  });
}

const isoTime = ({ commitTime }: JournalRecord): string => new Date(instant(commitTime) ?? 0).toISOString();
