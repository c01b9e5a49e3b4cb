import { EngineError } from "../domain/errors.ts";

/** Which lease, in a text that only this engine reads. A worker hands it back as it got it. */
export interface LeaseToken {
  readonly uid: string;
  readonly run: number;
  readonly epoch: number;
}

const FORM = /^(?<run>[1-9][0-9]{0,9})\.(?<epoch>[1-9][0-9]{0,9})\.(?<uid>.+)$/s;

export function leaseTokenText({ uid, run, epoch }: LeaseToken): string {
  return Buffer.from(`${run}.${epoch}.${uid}`).toString("base64url");
}

/** @throws {EngineError} INVALID_FIELD when this engine never wrote it. */
export function parseLeaseToken(text: string, field: string): LeaseToken {
  const parts = FORM.exec(Buffer.from(text, "base64url").toString())?.groups;
  const token = parts && { uid: parts["uid"]!, run: Number(parts["run"]), epoch: Number(parts["epoch"]) };
  if (token === undefined || leaseTokenText(token) !== text) {
    throw new EngineError("INVALID_FIELD", `${field} is not a token of a lease`, { field });
  }
  return token;
}
