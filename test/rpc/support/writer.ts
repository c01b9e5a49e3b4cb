import type { MessageInitShape } from "@bufbuild/protobuf";
import type { OperationSchema } from "perdure/proto/perdure/v1/task_pb";
import type { Operation } from "../../../services/engine/src/domain/operation.ts";
import { failureToMessage } from "../../../services/engine/src/rpc/failure.ts";
import { payloadToMessage } from "../../../services/engine/src/rpc/payload.ts";
import { stepConfigToMessage, stepKeyToMessage } from "../../../services/engine/src/rpc/step.ts";
import { durationToMessage, timestampToMessage } from "../../../services/engine/src/rpc/time.ts";

type Init = NonNullable<MessageInitShape<typeof OperationSchema>["operation"]>;

/** Writes an operation as a worker would: the other direction of what the engine does. */
export function writeOperation(operation: Operation): Init {
  switch (operation.kind) {
    case "startStep":
      return {
        case: "startStep",
        value: {
          key: stepKeyToMessage(operation.key),
          attempt: operation.attempt,
          config: stepConfigToMessage(operation.config),
          alreadyRunning: operation.alreadyRunning,
          runningFor: durationToMessage(operation.runningForMs),
        },
      };
    case "completeStep":
      return {
        case: "completeStep",
        value: {
          key: stepKeyToMessage(operation.key),
          attempt: operation.attempt,
          output: payloadToMessage(operation.output),
        },
      };
    case "failStep": {
      const { key, attempt, failure, final, retryDelayMs } = operation;
      const value = { key: stepKeyToMessage(key), attempt, failure: failureToMessage(failure), final };
      return {
        case: "failStep",
        value: retryDelayMs === null ? value : { ...value, retryDelay: durationToMessage(retryDelayMs) },
      };
    }
    case "startSleep": {
      const { key, end } = operation;
      return {
        case: "startSleep",
        value: {
          key: stepKeyToMessage(key),
          end:
            "at" in end
              ? { case: "until", value: timestampToMessage(end.at) }
              : { case: "duration", value: durationToMessage(end.afterMs) },
        },
      };
    }
    case "startWait": {
      const { key, eventType, otherEventTypes, timeoutMs } = operation;
      const timeout = durationToMessage(timeoutMs);
      const value = { key: stepKeyToMessage(key), eventType, otherEventTypes: [...otherEventTypes], timeout };
      return { case: "startWait", value };
    }
    case "cancelWait":
      return { case: "cancelWait", value: { key: stepKeyToMessage(operation.key) } };
    case "deliverOutcome":
      return { case: "deliverOutcome", value: { key: stepKeyToMessage(operation.key) } };
    case "completeInstance":
      return { case: "completeInstance", value: { output: payloadToMessage(operation.output) } };
    case "failInstance":
      return { case: "failInstance", value: { failure: failureToMessage(operation.failure) } };
  }
}
