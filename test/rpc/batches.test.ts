import { create } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema } from "perdure/proto/google/rpc/error_details_pb";
import { StepKind } from "perdure/proto/perdure/v1/step_pb";
import { LeaseState, TaskCommitSchema, type TaskCommit } from "perdure/proto/perdure/v1/task_pb";
import { describe, expect, it } from "vitest";
import { anEngine, clientsOf, http2Transport, type Clients } from "./support/an-engine.ts";

const SESSION = "session-of-a-test";
const KEY = { kind: StepKind.DO, name: "draw", count: 1 };

async function leased(ids: readonly string[]): Promise<Clients & { readonly commit: (index: number) => TaskCommit }> {
  const clients = clientsOf(http2Transport((await anEngine()).url));
  await clients.workflows.createInstances({ workflow: "greet", instances: ids.map((instanceId) => ({ instanceId })) });
  const { tasks } = await clients.workers.pollTasks({ session: SESSION, workflows: ["greet"], slots: ids.length });
  const commit = (index: number) => create(TaskCommitSchema, { lease: tasks[index]!.lease!, sequence: 1 });
  return { ...clients, commit };
}

describe("a batch of new instances", () => {
  it("has one outcome each, in order, whatever is wrong with one of them", async () => {
    const { workflows } = clientsOf(http2Transport((await anEngine()).url));
    await workflows.createInstance({ workflow: "greet", instance: { instanceId: "taken" } });
    const large = { content: { case: "bytes", value: new Uint8Array(1_048_577) } } as const;
    const broken = { content: { case: "json", value: "{" } } as const;

    const { results } = await workflows.createInstances({
      workflow: "greet",
      instances: [
        { instanceId: "a" },
        { params: broken },
        { instanceId: "taken" },
        { params: large },
        { instanceId: "b" },
      ],
    });

    expect(results).toMatchObject([
      { outcome: { case: "created", value: { ref: { instanceId: "a" } } } },
      { outcome: { case: "refused", value: { code: Code.InvalidArgument } } },
      { outcome: { case: "refused", value: { code: Code.AlreadyExists } } },
      { outcome: { case: "refused", value: { code: Code.ResourceExhausted } } },
      { outcome: { case: "created", value: { ref: { instanceId: "b" } } } },
    ]);
    const refused = results[1]!.outcome.case === "refused" ? results[1]!.outcome.value.details : [];
    expect(anyUnpack(refused[0]!, ErrorInfoSchema)).toMatchObject({ reason: "INVALID_FIELD", domain: "perdure" });
    expect(anyUnpack(refused[1]!, BadRequestSchema)?.fieldViolations).toMatchObject([
      { field: "instances[1].params.json" },
    ]);
  });
});

describe("a batch of commits", () => {
  it("goes in but for those that are refused: by a rule, a token, a text, a size", async () => {
    const { workers, commit } = await leased(["a", "b", "c", "d", "e", "f"]);
    const json = { content: { case: "json", value: "{" } } as const;
    const bytes = { content: { case: "bytes", value: new Uint8Array(1_048_576) } } as const;
    const outputOf = (output: typeof json | typeof bytes, count = 1) =>
      create(TaskCommitSchema, {
        operations: Array.from({ length: count }, () => ({
          operation: { case: "completeStep" as const, value: { key: KEY, attempt: 1, output } },
        })),
      }).operations;

    const { results } = await workers.commitTasks({
      session: SESSION,
      commits: [
        commit(0),
        { ...commit(1), sequence: 0 },
        { ...commit(2), lease: { ...commit(2).lease!, token: "forged" } },
        { ...commit(3), operations: outputOf(json) },
        { ...commit(4), operations: outputOf(bytes, 13) },
        commit(5),
      ],
    });

    expect(results).toMatchObject([
      { outcome: { case: "accepted", value: { leaseState: LeaseState.HELD } } },
      {
        outcome: {
          case: "refused",
          value: { reason: "INVALID_FIELD", message: expect.stringMatching(/commits\[1\]\.sequence/) },
        },
      },
      {
        outcome: {
          case: "refused",
          value: { reason: "INVALID_FIELD", message: expect.stringMatching(/commits\[2\]\.lease\.token/) },
        },
      },
      {
        outcome: {
          case: "refused",
          value: { reason: "INVALID_FIELD", message: expect.stringMatching(/operations\[0\].*output\.json/) },
        },
      },
      {
        outcome: {
          case: "refused",
          value: { reason: "LIMIT_EXCEEDED", message: expect.stringMatching(/at most 12582912 are allowed/) },
        },
      },
      { outcome: { case: "accepted", value: { leaseState: LeaseState.HELD } } },
    ]);
  });

  it("is refused whole when it has no session, or too many commits", async () => {
    const { workers, commit } = await leased(["a"]);

    await expect(workers.commitTasks({ commits: [commit(0)] })).rejects.toMatchObject({ code: Code.InvalidArgument });
    await expect(workers.commitTasks({ session: SESSION, commits: [] })).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
  });
});
