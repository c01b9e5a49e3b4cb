import { create } from "@bufbuild/protobuf";
import { InstanceRefSchema, type InstanceRef } from "perdure/proto/perdure/v1/instance_pb";
import { EngineError } from "../domain/errors.ts";
import { DEFAULT_NAMESPACE, type InstanceName } from "../domain/name.ts";

/** The namespace is always named: a reader need not know the default. */
export function nameToMessage({ namespace, workflow, id }: InstanceName): InstanceRef {
  return create(InstanceRefSchema, { namespace, workflow, instanceId: id });
}

/** @throws {EngineError} INVALID_FIELD when no instance is named. */
export function nameFromMessage(ref: InstanceRef | undefined, field: string): InstanceName {
  if (ref === undefined) throw new EngineError("INVALID_FIELD", `${field} names no instance`, { field });
  return { namespace: ref.namespace ?? DEFAULT_NAMESPACE, workflow: ref.workflow, id: ref.instanceId };
}
