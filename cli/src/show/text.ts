import type { Failure } from "perdure/proto/perdure/v1/failure_pb";
import { type InstanceRef, type InstanceStatus, InstanceStatusSchema } from "perdure/proto/perdure/v1/instance_pb";
import type { Payload } from "perdure/proto/perdure/v1/payload_pb";
import { plain, styled } from "../output.ts";
import { enumWord, payloadJson } from "./json.ts";

/** Statuses as people and programs read them. */
export type StatusWord =
  "queued" | "running" | "waiting" | "waitingForPause" | "paused" | "complete" | "errored" | "terminated";

const STYLES = {
  queued: "dim",
  running: "cyan",
  waiting: "yellow",
  waitingForPause: "yellow",
  paused: "yellow",
  complete: "green",
  errored: "red",
  terminated: "magenta",
} as const satisfies Record<StatusWord, string>;

export function statusWord(status: InstanceStatus): StatusWord {
  return enumWord(InstanceStatusSchema, status) as StatusWord;
}

/** A status in its colour. One that this version does not know is shown without. */
export function statusText(status: InstanceStatus): string {
  const word = statusWord(status);
  return word in STYLES ? styled(STYLES[word], word) : word;
}

/** An instance as messages name it. */
export function refText(ref: InstanceRef | undefined): string {
  return `${ref?.workflow ?? ""}/${ref?.instanceId ?? ""}`;
}

/** A value on one line, cut to so many characters; "" for `undefined`. */
export function valueText(payload: Payload | undefined, lengthMax: number): string {
  if (payload === undefined || payload.content.case === undefined) return "";
  return cut(plain(JSON.stringify(payloadJson(payload))), lengthMax);
}

/** A value over several lines. */
export function valueBlock(payload: Payload, lengthMax: number): string {
  const text = JSON.stringify(payloadJson(payload), null, 2);
  if (text.length <= lengthMax) return text;
  return `${text.slice(0, lengthMax)}… (${text.length - lengthMax} more characters; --json shows all)`;
}

export function failureText(failure: Failure | undefined, lengthMax = Infinity): string {
  if (failure === undefined) return "";
  const { name, message } = failure;
  return cut(plain(message === "" ? name : `${name}: ${message}`), lengthMax);
}

const cut = (text: string, lengthMax: number): string =>
  text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
