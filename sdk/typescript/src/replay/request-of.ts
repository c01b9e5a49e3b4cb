import type { Operation } from "../worker/operation.ts";
import type { StepRequest } from "./step-request.ts";

/** What the code asks for with an operation; null when it reports something else. */
export function requestOf(operation: Operation): StepRequest | null {
  switch (operation.kind) {
    case "startStep":
      return { kind: "do", key: operation.key, policy: operation.policy };
    case "startSleep": {
      const { key, end } = operation;
      return {
        kind: "sleep",
        key,
        ms: "afterMs" in end ? end.afterMs : null,
        untilMs: "atMs" in end ? end.atMs : null,
      };
    }
    case "startWait": {
      const { key, eventTypes, timeoutMs } = operation;
      return { kind: "wait", key, eventTypes, timeoutMs };
    }
    case "completeStep":
    case "failStep":
    case "cancelWait":
    case "deliverOutcome":
    case "completeInstance":
    case "failInstance":
      return null;
  }
}
