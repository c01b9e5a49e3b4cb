import type { Client, InstanceHandle } from "perdure/client";
import { InstanceStatus } from "perdure/proto/perdure/v1/instance_pb";
import type { Params } from "./workflow.ts";

/** The class's name is the workflow's. */
export const WORKFLOW = "ImageProcessingWorkflow";

/** The event that it waits for. */
export const APPROVED = "approved";

export const IMAGE_KEY = "lake-at-dawn.png";

export interface Output {
  readonly description: string;
  /** Key in the bucket. */
  readonly published: string;
}

const UNFINISHED = [
  InstanceStatus.QUEUED,
  InstanceStatus.RUNNING,
  InstanceStatus.WAITING,
  InstanceStatus.WAITING_FOR_PAUSE,
  InstanceStatus.PAUSED,
];

export type ImageInstance = InstanceHandle<Output>;

/** The instance that an earlier start has left, or a new one. */
export async function findOrCreate(
  client: Client,
): Promise<{ readonly found: boolean; readonly instance: ImageInstance }> {
  const workflow = client.workflow<Params, Output>(WORKFLOW);
  for await (const { ref, status } of client.instances.list({ workflow: WORKFLOW, statuses: UNFINISHED })) {
    const instance = await workflow.get(ref?.instanceId ?? "");
    // Somebody may have paused it from another terminal.
    if (status === InstanceStatus.PAUSED) await instance.resume();
    return { found: true, instance };
  }
  return { found: false, instance: await workflow.create({ id: newId(), params: { imageKey: IMAGE_KEY } }) };
}

/** Says when: "lake-20261123-041500-123". */
function newId(): string {
  const [day = "", time = ""] = new Date().toISOString().replaceAll(/[-:Z]/g, "").split("T");
  return `lake-${day}-${time.replace(".", "-")}`;
}
