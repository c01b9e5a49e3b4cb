import { create } from "@bufbuild/protobuf";
import { LifecycleEventType as Type } from "perdure/proto/perdure/v1/instance_pb";
import {
  WatchWorkflowsResponseSchema,
  type WatchWorkflowsResponse,
} from "perdure/proto/perdure/v1/workflow_service_pb";
import type { LifecycleEvent, LifecycleEventType } from "../domain/lifecycle-event.ts";
import { nameToMessage } from "./instance-name.ts";
import { timestampToMessage } from "./time.ts";

const TYPES = {
  queued: Type.QUEUED,
  started: Type.STARTED,
  paused: Type.PAUSED,
  errored: Type.ERRORED,
  terminated: Type.TERMINATED,
  completed: Type.COMPLETED,
} as const satisfies Record<LifecycleEventType, Type>;

export function lifecycleEventToMessage({ type, name, run, at }: LifecycleEvent): WatchWorkflowsResponse {
  const eventTime = timestampToMessage(at);
  return create(WatchWorkflowsResponseSchema, { type: TYPES[type], ref: nameToMessage(name), run, eventTime });
}
