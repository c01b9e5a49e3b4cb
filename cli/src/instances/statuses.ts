import { Option } from "commander";
import { type InstanceStatus, InstanceStatusSchema } from "perdure/proto/perdure/v1/instance_pb";
import { enumWord } from "../show/json.ts";

/** What instances can be doing, by the words for it. */
export const STATUSES: ReadonlyMap<string, InstanceStatus> = new Map(
  InstanceStatusSchema.values
    .filter(({ number }) => number !== 0)
    .map(({ number }) => [enumWord(InstanceStatusSchema, number), number as InstanceStatus]),
);

/** @param words Those that can be given. */
export function statusOption(description: string, words: readonly string[] = [...STATUSES.keys()]): Option {
  return new Option("--status <status...>", description).choices(words);
}

export function statusesOf(words: readonly string[]): readonly InstanceStatus[] {
  return words.flatMap((word) => STATUSES.get(word) ?? []);
}
