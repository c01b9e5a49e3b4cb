import type { FolderBucket } from "../../support/bucket.ts";
import type { DecidedRequest, PendingRequest } from "./workflow.ts";

/** What the page shows. */
export interface Desk {
  readonly pending: readonly PendingRequest[];
  readonly decided: readonly DecidedRequest[];
}

/** Reads what the workflows have put into the bucket. */
export async function readDesk(bucket: FolderBucket): Promise<Desk> {
  return {
    pending: await pile<PendingRequest>(bucket, "pending/"),
    decided: await pile<DecidedRequest>(bucket, "decided/"),
  };
}

async function pile<T>(bucket: FolderBucket, prefix: string): Promise<readonly T[]> {
  const { objects } = await bucket.list({ prefix });
  const requests = await Promise.all(objects.map(async ({ key }) => (await bucket.get(key))?.json() as Promise<T>));
  // One that was closed between the two reads is gone.
  return requests.filter((request) => request !== undefined);
}
