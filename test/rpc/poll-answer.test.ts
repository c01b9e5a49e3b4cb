import { create } from "@bufbuild/protobuf";
import { StepKind } from "perdure/proto/perdure/v1/step_pb";
import { OperationSchema, type Lease } from "perdure/proto/perdure/v1/task_pb";
import { describe, expect, it } from "vitest";
import { durationToMessage } from "../../services/engine/src/rpc/time.ts";
import { anEngine, clientsOf, http2Transport, type Clients } from "./support/an-engine.ts";

const SESSION = "session-of-a-test";
const POLL = { session: SESSION, workflows: ["greet"], slots: 3 };
const OUTPUT = { content: { case: "bytes", value: new Uint8Array(900_000) } } as const;

/** Runs a step with a large result, then waits until an event comes. */
async function growJournal({ workers }: Clients, lease: Lease): Promise<void> {
  const key = { kind: StepKind.DO, name: "draw", count: 1 };
  const operations = [
    { case: "startStep" as const, value: { key, attempt: 1, alreadyRunning: true } },
    { case: "completeStep" as const, value: { key, attempt: 1, output: OUTPUT } },
    { case: "startWait" as const, value: { key: { ...key, kind: StepKind.WAIT }, eventType: "go" } },
  ].map((operation) => create(OperationSchema, { operation }));
  const { results } = await workers.commitTasks({
    session: SESSION,
    commits: [{ lease, sequence: 1, operations, park: true }],
  });
  expect(results).toMatchObject([{ outcome: { case: "accepted" } }]);
}

describe("the answer to a poll", () => {
  it("is no larger than any gRPC client takes: what does not fit is to be asked for", async () => {
    const clients = clientsOf(http2Transport((await anEngine()).url));
    const { workflows, workers } = clients;
    const refs = ["a", "b", "c"].map((instanceId) => ({ workflow: "greet", instanceId }));
    await workflows.createInstances({ workflow: "greet", instances: refs.map(({ instanceId }) => ({ instanceId })) });
    const first = await workers.pollTasks(POLL);
    for (const { lease } of first.tasks) await growJournal(clients, lease!);
    await workers.shutdownWorker({ session: SESSION });
    for (const ref of refs) await workflows.sendEvent({ ref, type: "go" });

    const session = "session-after-that";
    const { tasks } = await workers.pollTasks({ ...POLL, session, hold: durationToMessage(5_000) });

    expect(tasks.map(({ records, position }) => records.length === position)).toEqual([true, true, false]);
    const journal = await workers.getTaskJournal({ session, lease: tasks[2]!.lease! });
    expect(journal.records).toHaveLength(tasks[2]!.position);
  });
});
