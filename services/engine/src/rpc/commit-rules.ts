import type { Violation } from "@bufbuild/protovalidate";
import { CommitTasksRequestSchema, type CommitTasksRequest } from "perdure/proto/perdure/v1/worker_service_pb";
import { EngineError } from "../domain/errors.ts";
import { fieldOf, rules, violationsToError, violationText } from "./rules.ts";

/**
 * The commits that break a rule, by their index: one that is wrong does not hold up the others.
 *
 * @throws {ConnectError} INVALID_FIELD when what is wrong is not within one commit.
 */
export function refusedCommits(request: CommitTasksRequest): ReadonlyMap<number, EngineError> {
  const result = rules.validate(CommitTasksRequestSchema, request);
  const refused = new Map<number, EngineError>();
  if (result.kind === "valid") return refused;
  if (result.kind === "error") throw result.error;
  for (const violation of result.violations) {
    const index = commitIndex(violation);
    if (index === undefined) throw violationsToError(result.violations);
    if (!refused.has(index)) {
      refused.set(index, new EngineError("INVALID_FIELD", violationText(violation), { field: fieldOf(violation) }));
    }
  }
  return refused;
}

function commitIndex({ field: [list, element] }: Violation): number | undefined {
  const inCommits = list?.kind === "field" && list.localName === "commits";
  return inCommits && element?.kind === "list_sub" ? element.index : undefined;
}
