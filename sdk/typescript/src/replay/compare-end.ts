import { equals } from "@bufbuild/protobuf";
import { isDeepStrictEqual } from "node:util";
import { type Payload, PayloadSchema } from "../../gen/perdure/v1/payload_pb.ts";
import { jsonForm } from "../values/json-form.ts";
import type { Operation } from "../worker/operation.ts";
import { decodePayload } from "../worker/outcome.ts";
import type { RecordedEnd } from "./recorded-run.ts";

/** Of an output in a message, in characters. */
const TEXT_LENGTH_MAX = 200;

/** How the end of the code's run differs from the journal's, as a sentence. Stacks are not compared. */
export function compareEnd(code: Operation, journal: RecordedEnd): string | null {
  const now = textOf(code);
  const then = recordedText(journal);
  if (now === null || then === null) return null;
  const same = code.kind === "completeInstance" && journal.kind === "complete" && isSame(code.output, journal.output);
  return same || (code.kind === "failInstance" && now === then) ? null : `run ${now}; in the journal it ${then}`;
}

function textOf(code: Operation): string | null {
  if (code.kind === "completeInstance") return `returns ${outputText(code.output)}`;
  return code.kind === "failInstance" ? failureText(code.failure) : null;
}

function recordedText(journal: RecordedEnd): string | null {
  if (journal.kind === "complete") return `returns ${outputText(journal.output)}`;
  return journal.kind === "errored" && journal.failure !== undefined ? failureText(journal.failure) : null;
}

const failureText = ({ name, message }: { name: string; message: string }): string => `throws ${name}: ${message}`;

function isSame(a: Payload, b: Payload | undefined): boolean {
  if (b !== undefined && equals(PayloadSchema, a, b)) return true;
  return isDeepStrictEqual(decodePayload(a), decodePayload(b));
}

function outputText(output: Payload | undefined): string {
  const text = JSON.stringify(jsonForm(decodePayload(output))) ?? "nothing";
  return text.length <= TEXT_LENGTH_MAX ? text : `${text.slice(0, TEXT_LENGTH_MAX - 1)}…`;
}
