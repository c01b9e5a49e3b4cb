import type { JournalRecord } from "../../gen/perdure/v1/journal_pb.ts";
import { StepKind } from "../../gen/perdure/v1/step_pb.ts";
import { decodeFailure } from "../failure.ts";
import { decodePayload } from "../worker/outcome.ts";
import type { WorkflowStepSelector } from "./modifier.ts";

/**
 * What a `step.do` has come to in a journal; null while it has no outcome.
 * @throws What the step threw, when it failed for good.
 */
export async function stepOutcome(
  records: AsyncIterable<JournalRecord>,
  { name, index = 1 }: WorkflowStepSelector,
): Promise<{ readonly value: unknown } | null> {
  for await (const { entries } of records) {
    for (const { entry } of entries) {
      if (entry.case !== "stepCompleted" && entry.case !== "stepFailed") continue;
      const { key } = entry.value;
      if (key?.kind !== StepKind.DO || key.name !== name || key.count !== index) continue;
      if (entry.case === "stepCompleted") return { value: decodePayload(entry.value.output) };
      const { failure, retryTime } = entry.value;
      if (retryTime === undefined && failure !== undefined) throw decodeFailure(failure);
    }
  }
  return null;
}
