import type { Client } from "@connectrpc/connect";
import type { JournalRecord } from "../../gen/perdure/v1/journal_pb.ts";
import type { Payload } from "../../gen/perdure/v1/payload_pb.ts";
import type { Lease, Task } from "../../gen/perdure/v1/task_pb.ts";
import type { WorkerService } from "../../gen/perdure/v1/worker_service_pb.ts";
import { retrying } from "../transport-retry.ts";

/** Of one page; a page has a few MiB at most. */
const PAGE_TIMEOUT_MS = 30_000;

/** Where the rest of a task's journal comes from. */
export interface JournalSource {
  readonly client: Pick<Client<typeof WorkerService>, "getTaskJournal" | "getTaskBlob" | "putBlob">;
  readonly session: string;
  readonly signal: AbortSignal;
}

/**
 * The records of a task after a position, up to the task's newest: those that came with it, and pages of the rest.
 *
 * @throws ConnectError with reason LEASE_LOST when the task has passed on meanwhile.
 */
export async function recordsAfter(
  source: JournalSource,
  task: Task,
  after: number,
): Promise<{ readonly records: readonly JournalRecord[]; readonly params: Payload | undefined }> {
  const records = task.records.filter(({ position }) => position > after && position <= task.position);
  let params = task.params;
  if (records[0] !== undefined && records[0].position !== after + 1) records.length = 0;
  for (let seen = records.at(-1)?.position ?? after; seen < task.position;) {
    const page = await pageAfter(source, task.lease, seen);
    params ??= page.params;
    const fresh = page.records.filter(({ position }) => position > seen && position <= task.position);
    const last = fresh.at(-1);
    if (last === undefined) throw new Error(`the journal ends at ${seen}, before position ${task.position}`);
    records.push(...fresh);
    seen = last.position;
  }
  return { records, params };
}

function pageAfter({ client, session, signal }: JournalSource, lease: Lease | undefined, afterPosition: number) {
  const request = { session, ...(lease !== undefined && { lease }), afterPosition };
  return retrying(() => client.getTaskJournal(request, { timeoutMs: PAGE_TIMEOUT_MS, signal }), { signal });
}
