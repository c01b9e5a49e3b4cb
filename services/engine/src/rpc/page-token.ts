import { EngineError } from "../domain/errors.ts";
import type { EpochMs } from "../domain/time.ts";

/** Where a page of a list ended. */
export interface PageEnd {
  readonly createdAt: EpochMs;
  readonly uid: string;
}

const FORM = /^(?<createdAt>[0-9]{1,16})\.(?<uid>.+)$/s;

export function pageTokenText({ createdAt, uid }: PageEnd): string {
  return Buffer.from(`${createdAt}.${uid}`).toString("base64url");
}

/** Null for the first page. @throws {EngineError} INVALID_FIELD when this engine never wrote it. */
export function parsePageToken(text: string): PageEnd | null {
  if (text === "") return null;
  const parts = FORM.exec(Buffer.from(text, "base64url").toString())?.groups;
  const end = parts && { createdAt: Number(parts["createdAt"]), uid: parts["uid"]! };
  if (end === undefined || pageTokenText(end) !== text) {
    throw new EngineError("INVALID_FIELD", "page_token is not one that a list gave", { field: "page_token" });
  }
  return end;
}
