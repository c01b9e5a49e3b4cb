import { create } from "@bufbuild/protobuf";
import { LeaseSchema, type Lease as LeaseMessage } from "perdure/proto/perdure/v1/task_pb";
import type { LeaseRef } from "../app/worker-api.ts";
import { EngineError } from "../domain/errors.ts";
import { nameFromMessage, nameToMessage } from "./instance-name.ts";
import { leaseTokenText, parseLeaseToken } from "./lease-token.ts";

export function leaseToMessage({ name, ...token }: LeaseRef): LeaseMessage {
  return create(LeaseSchema, { instance: nameToMessage(name), token: leaseTokenText(token) });
}

/** @throws {EngineError} INVALID_FIELD without an instance, or with a token that no engine gave. */
export function leaseFromMessage(lease: LeaseMessage | undefined, field: string): LeaseRef {
  if (lease === undefined) throw new EngineError("INVALID_FIELD", `${field} is not given`, { field });
  const name = nameFromMessage(lease.instance, `${field}.instance`);
  return { name, ...parseLeaseToken(lease.token, `${field}.token`) };
}
