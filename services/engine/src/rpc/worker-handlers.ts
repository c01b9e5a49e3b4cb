import type { ServiceImpl } from "@connectrpc/connect";
import type { WorkerService } from "perdure/proto/perdure/v1/worker_service_pb";
import type { WorkerApi } from "../app/worker-api.ts";
import { DEFAULT_NAMESPACE } from "../domain/name.ts";
import { refusedCommits } from "./commit-rules.ts";
import { outcomeOfEach } from "./each.ts";
import { recordToMessage } from "./entry.ts";
import { holdMs } from "./hold.ts";
import { nameToMessage } from "./instance-name.ts";
import { leaseFromMessage } from "./lease.ts";
import { payloadToMessage } from "./payload.ts";
import { withinPollBytes } from "./poll-answer.ts";
import { commitFromMessage, commitResultToMessage, noticeToMessage, taskToMessage } from "./task.ts";
import { durationToMessage, timestampToMessage } from "./time.ts";

/** What workers call, in protobuf. */
export function workerHandlers(workers: WorkerApi): ServiceImpl<typeof WorkerService> {
  return {
    async pollTasks(request, context) {
      const { session, workerName = null, namespace = DEFAULT_NAMESPACE, workflows, slots } = request;
      const poll = { session, workerName, namespace, workflows, slots, holdMs: holdMs(request.hold, context) };
      const { tasks, notices } = await workers.poll(poll, context.signal);
      return { tasks: withinPollBytes(tasks).map(taskToMessage), notices: notices.map(noticeToMessage) };
    },
    async commitTasks(request) {
      const refused = refusedCommits(request);
      const outcomes = await outcomeOfEach(
        request.commits,
        (commit, index) => {
          const refusal = refused.get(index);
          if (refusal !== undefined) throw refusal;
          return commitFromMessage(commit, `commits[${index}]`);
        },
        (commits) => workers.commit(request.session, commits),
      );
      return { results: outcomes.map(commitResultToMessage) };
    },
    async heartbeat({ session, held }) {
      const tasks = held.map(({ lease, seenPosition }, index) => ({
        lease: leaseFromMessage(lease, `held[${index}].lease`),
        seenPosition,
      }));
      const { notices, leaseMs } = await workers.heartbeat(session, tasks);
      return { notices: notices.map(noticeToMessage), lease: durationToMessage(leaseMs) };
    },
    async getTaskJournal({ session, lease, afterPosition }) {
      const journal = await workers.journal(session, leaseFromMessage(lease, "lease"), afterPosition);
      return {
        records: journal.records.map(recordToMessage),
        position: journal.position,
        params: payloadToMessage(journal.params),
        createTime: timestampToMessage(journal.createdAt),
        instance: nameToMessage(journal.name),
      };
    },
    async putBlob({ session, lease, blob, chunk, bytes }) {
      await workers.putBlob(session, leaseFromMessage(lease, "lease"), { blob, chunk, bytes });
      return {};
    },
    async getTaskBlob({ lease, blob, chunk }) {
      return { bytes: await workers.blob(leaseFromMessage(lease, "lease"), blob, chunk) };
    },
    async shutdownWorker({ session }) {
      await workers.shutdown(session);
      return {};
    },
  };
}
