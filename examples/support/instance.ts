import type { InstanceHandle } from "perdure/client";
import { InstanceStatus } from "perdure/proto/perdure/v1/instance_pb";
import type { Stage } from "./demonstrate.ts";

const UNFINISHED = [
  InstanceStatus.QUEUED,
  InstanceStatus.RUNNING,
  InstanceStatus.WAITING,
  InstanceStatus.WAITING_FOR_PAUSE,
  InstanceStatus.PAUSED,
];

/** An instance that a demonstration needs. */
export interface Role<Params> {
  readonly workflow: string;
  /** What its id begins with: tells it from others of the workflow. */
  readonly name: string;
  readonly params: Params;
}

/** An instance, and the workflow that its handle does not know. */
export interface Actor<Output> {
  readonly workflow: string;
  readonly instance: InstanceHandle<Output>;
}

/** The instance that an earlier start has left, or a new one. */
export async function findOrCreate<Params, Output>(
  { client, say }: Stage,
  { workflow, name, params }: Role<Params>,
): Promise<Actor<Output>> {
  const calls = client.workflow<Params, Output>(workflow);
  for await (const { ref, status } of client.instances.list({ workflow, statuses: UNFINISHED })) {
    const id = ref?.instanceId ?? "";
    if (!id.startsWith(`${name}-`)) continue;
    const instance = await calls.get(id);
    // Somebody may have paused it from another terminal.
    if (status === InstanceStatus.PAUSED) await instance.resume();
    say(`instance is ${id}, which an earlier start has left: it goes on where it was`);
    return { workflow, instance };
  }
  const instance = await calls.create({ id: newId(name), params });
  say(`instance is ${instance.id}`);
  return { workflow, instance };
}

/** Says when: "lake-20261123-041500-123". */
function newId(name: string): string {
  const [day = "", time = ""] = new Date().toISOString().replaceAll(/[-:Z]/g, "").split("T");
  return `${name}-${day}-${time.replace(".", "-")}`;
}
