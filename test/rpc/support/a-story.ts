import type { Transport } from "@connectrpc/connect";
import { InstanceStatus } from "perdure/proto/perdure/v1/instance_pb";
import { LeaseState } from "perdure/proto/perdure/v1/task_pb";
import { expect } from "vitest";
import { clientsOf } from "./an-engine.ts";

const SESSION = "session-of-a-test";

/** What happens in the story. */
export const STORY = ["leaseGranted", "instanceCompleted"];

/** An instance from creation to its end, with an error on the way, by a client of ours over any transport: what a watch of it tells. */
export async function runAStory(transport: Transport, workflow = "greet") {
  const { workflows, workers } = clientsOf(transport);
  const ref = { workflow, instanceId: "a" };
  const params = { content: { case: "json", value: `{"name":"Ada"}` } } as const;

  await workflows.createInstance({ workflow, instance: { instanceId: "a", params } });
  await expect(workflows.createInstance({ workflow, instance: { instanceId: "a" } })).rejects.toThrow("already_exists");
  const { tasks } = await workers.pollTasks({ session: SESSION, workflows: [workflow], slots: 1 });
  expect(tasks).toMatchObject([{ run: 1, position: 1, params: { content: params.content } }]);
  const output = { content: { case: "bytes", value: new Uint8Array([1, 2, 3]) } } as const;
  const { results } = await workers.commitTasks({
    session: SESSION,
    commits: [
      {
        lease: tasks[0]!.lease!,
        sequence: 1,
        operations: [{ operation: { case: "completeInstance", value: { output } } }],
      },
    ],
  });
  expect(results).toMatchObject([{ outcome: { case: "accepted", value: { leaseState: LeaseState.FINISHED } } }]);

  const { instance } = await workflows.waitInstance({ ref });
  expect(instance).toMatchObject({ status: InstanceStatus.COMPLETE, output: { content: output.content } });
  const watched = await Array.fromAsync(workflows.watchInstance({ ref }));
  return watched.flatMap(({ record }) => record!.entries.map(({ entry }) => entry.case));
}
