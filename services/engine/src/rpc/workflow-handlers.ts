import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import type { Instance } from "perdure/proto/perdure/v1/instance_pb";
import {
  CreateInstanceResultSchema,
  DeleteInstanceResponseSchema,
  DeleteInstanceResultSchema,
  WatchWorkflowsResponseSchema,
  type CreateInstanceResult,
  type DeleteInstanceResult,
  type ListInstancesRequest,
  type WorkflowService,
} from "perdure/proto/perdure/v1/workflow_service_pb";
import type { CallerApi, InstanceView } from "../app/caller-api.ts";
import type { WorkflowApi } from "../app/workflow-api.ts";
import { EngineError } from "../domain/errors.ts";
import type { Command } from "../domain/lifecycle.ts";
import { DEFAULT_NAMESPACE } from "../domain/name.ts";
import type { ListQuery } from "../store/store.ts";
import { outcomeOfEach } from "./each.ts";
import { publicRecordToMessage } from "./entry.ts";
import { refusalToStatus } from "./errors.ts";
import { holdMs } from "./hold.ts";
import { nameFromMessage } from "./instance-name.ts";
import { instanceToMessage, newInstanceFromMessage, statusesFromMessage, statusToMessage } from "./instance.ts";
import { lifecycleEventToMessage } from "./lifecycle-event.ts";
import { pageTokenText, parsePageToken } from "./page-token.ts";
import { payloadFromMessage } from "./payload.ts";
import { selectedStep } from "./step.ts";
import { timestampFromMessage, timestampToMessage } from "./time.ts";
import { settingsFromMessage, workflowToMessage } from "./workflow.ts";

/** How many instances or records a page has unless the caller says otherwise. */
const PAGE_SIZE = 100;

type NamesInstance = { readonly ref?: Parameters<typeof nameFromMessage>[0] };

/** What callers call, in protobuf. */
export function workflowHandlers(
  callers: CallerApi,
  workflows: WorkflowApi,
): Partial<ServiceImpl<typeof WorkflowService>> {
  const command = async (request: NamesInstance, command: Command) => ({
    instance: instanceToMessage(await callers.command(nameOf(request), command)),
  });
  return {
    async createInstance({ namespace = DEFAULT_NAMESPACE, workflow, instance, requestId }) {
      const born = newInstanceFromMessage(instance, "instance");
      return { instance: instanceToMessage(await callers.create({ namespace, workflow }, born, requestId ?? null)) };
    },
    async createInstances({ namespace = DEFAULT_NAMESPACE, workflow, instances, requestId }) {
      const outcomes = await outcomeOfEach(
        instances,
        (each, index) => newInstanceFromMessage(each, `instances[${index}]`),
        (parsed) => callers.createMany({ namespace, workflow }, parsed, requestId ?? null),
      );
      return { results: outcomes.map(createResult) };
    },
    async getInstance(request) {
      return { instance: instanceToMessage(await callers.get(nameOf(request))) };
    },
    async listInstances(request) {
      const query = listQuery(request);
      // One more than asked for, to know whether another page follows.
      const found = await callers.list({ ...query, limit: query.limit + 1 });
      const page = found.slice(0, query.limit);
      const last = found.length > query.limit ? page.at(-1) : undefined;
      return { instances: page.map(bare), nextPageToken: last === undefined ? "" : pageTokenText(last) };
    },
    pauseInstance: (request) => command(request, "pause"),
    resumeInstance: (request) => command(request, "resume"),
    terminateInstance: (request) => command(request, request.rollback ? "rollBack" : "terminate"),
    async restartInstance(request) {
      const { from } = request;
      if (from === undefined) return command(request, "restart");
      return { instance: instanceToMessage(await callers.restartFrom(nameOf(request), selectedStep(from))) };
    },
    async deleteInstance(request) {
      await callers.delete(nameOf(request));
      return {};
    },
    async deleteInstances({ namespace = DEFAULT_NAMESPACE, workflow, instanceIds }) {
      const outcomes = await callers.deleteMany(instanceIds.map((id) => ({ namespace, workflow, id })));
      return { results: outcomes.map(deleteResult) };
    },
    async sendEvent(request) {
      const payload = payloadFromMessage(request.payload, "payload");
      const event = { type: request.type, payload, requestId: request.requestId ?? null };
      return { acceptTime: timestampToMessage(await callers.sendEvent(nameOf(request), event)) };
    },
    async waitInstance(request, context) {
      const view = await callers.waitForEnd(nameOf(request), holdMs(request.hold, context), context.signal);
      return { instance: instanceToMessage(view) };
    },
    async putWorkflow({ namespace = DEFAULT_NAMESPACE, workflow, settings }) {
      const view = await workflows.put({ namespace, workflow }, settingsFromMessage(settings));
      return { workflow: workflowToMessage(view) };
    },
    async getWorkflow({ namespace = DEFAULT_NAMESPACE, workflow }) {
      return { workflow: workflowToMessage(await workflows.get({ namespace, workflow })) };
    },
    async listWorkflows({ namespace = DEFAULT_NAMESPACE, after, pageSize }) {
      const found = await workflows.list(namespace, after, pageSize || PAGE_SIZE);
      return { workflows: found.map(workflowToMessage) };
    },
    async deleteWorkflow({ namespace = DEFAULT_NAMESPACE, workflow }) {
      await workflows.delete({ namespace, workflow });
      return {};
    },
    async *watchWorkflows({ namespace = DEFAULT_NAMESPACE, workflow = null, types }, context) {
      const wanted = new Set(types);
      for await (const events of workflows.watch({ namespace, workflow }, context.signal)) {
        if (events.length === 0) yield create(WatchWorkflowsResponseSchema);
        const messages = events.map(lifecycleEventToMessage);
        yield* messages.filter(({ type }) => wanted.size === 0 || wanted.has(type));
      }
    },
    async getJournal(request) {
      const limit = request.pageSize || PAGE_SIZE;
      const { afterPosition } = request;
      const { records, run, position } = await callers.journal(nameOf(request), afterPosition, limit, request.run);
      return { records: records.map(publicRecordToMessage), run, position };
    },
    async getBlob(request) {
      return { bytes: await callers.blob(nameOf(request), request.blob, request.chunk) };
    },
    async *watchInstance(request, context) {
      const start = { position: request.afterPosition, run: request.run ?? null };
      for await (const { run, record, status } of callers.watch(nameOf(request), start, context.signal)) {
        yield { run, record: publicRecordToMessage(record), status: statusToMessage(status) };
      }
    },
  };
}

function nameOf({ ref }: NamesInstance): ReturnType<typeof nameFromMessage> {
  return nameFromMessage(ref, "ref");
}

function createResult(outcome: InstanceView | EngineError): CreateInstanceResult {
  if (outcome instanceof EngineError) {
    return create(CreateInstanceResultSchema, { outcome: { case: "refused", value: refusalToStatus(outcome) } });
  }
  return create(CreateInstanceResultSchema, { outcome: { case: "created", value: bare(outcome) } });
}

function deleteResult(refusal: EngineError | null): DeleteInstanceResult {
  const outcome =
    refusal === null
      ? ({ case: "deleted", value: create(DeleteInstanceResponseSchema) } as const)
      : ({ case: "refused", value: refusalToStatus(refusal) } as const);
  return create(DeleteInstanceResultSchema, { outcome });
}

/** An instance among many: without the values that would make the answer larger than clients take. */
function bare(view: InstanceView): Instance {
  return instanceToMessage({ ...view, params: null, output: null, failure: null });
}

function listQuery(request: ListInstancesRequest): ListQuery {
  const { namespace = DEFAULT_NAMESPACE, workflow, statuses, createdFrom, createdBefore, pageSize } = request;
  return {
    namespace,
    workflow: workflow ?? null,
    statuses: statusesFromMessage(statuses),
    createdFrom: createdFrom === undefined ? null : timestampFromMessage(createdFrom),
    createdBefore: createdBefore === undefined ? null : timestampFromMessage(createdBefore),
    after: parsePageToken(request.pageToken),
    limit: pageSize || PAGE_SIZE,
  };
}
