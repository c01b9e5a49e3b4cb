import { create, type DescMessage, type Message } from "@bufbuild/protobuf";
import { StepKind } from "perdure/proto/perdure/v1/step_pb";
import type { Clients } from "./an-engine.ts";

export const SESSION = "session-of-a-test";
const KEY = { kind: StepKind.DO, name: "draw", count: 1 };

/** What an honest peer would put beside the one value that is wrong. */
const PLAUSIBLE: Readonly<Record<string, Record<string, unknown>>> = {
  "perdure.v1.StepKey": KEY,
  "perdure.v1.StartStep": { key: KEY, attempt: 1 },
  "perdure.v1.CompleteStep": { key: KEY, attempt: 1 },
  "perdure.v1.FailStep": { key: KEY, attempt: 1, failure: { name: "Error" } },
  "perdure.v1.StartSleep": { key: { ...KEY, kind: StepKind.SLEEP }, end: { case: "duration", value: { seconds: 1n } } },
  "perdure.v1.StartWait": { key: { ...KEY, kind: StepKind.WAIT }, eventType: "approved" },
  "perdure.v1.FailInstance": { failure: { name: "Error" } },
  "perdure.v1.Failure": { name: "Error" },
};

export function plausible(schema: DescMessage): Message {
  return create(schema, PLAUSIBLE[schema.typeName] ?? {});
}

/** Honest requests by their type, each of an instance of its own; a type that is not here is sent bare. */
export class HonestRequests {
  readonly #clients: Clients;
  #made = 0;

  constructor(clients: Clients) {
    this.#clients = clients;
  }

  async of(schema: DescMessage): Promise<Message> {
    const fields = await this.#fields(schema.typeName.replace("perdure.v1.", ""));
    return create(schema, fields);
  }

  async #fields(type: string): Promise<Record<string, unknown>> {
    switch (type) {
      case "CreateInstanceRequest":
      case "ListInstancesRequest":
        return { workflow: "greet" };
      case "CreateInstancesRequest":
        return { workflow: "greet", instances: [{}] };
      case "PollTasksRequest":
        return { session: SESSION, workflows: ["idle"], hold: {} };
      case "CommitTasksRequest":
        return { session: SESSION, commits: [{ lease: await this.#lease(), sequence: 2 }] };
      case "HeartbeatRequest":
        return { session: SESSION, held: [{ lease: await this.#lease() }] };
      case "GetTaskJournalRequest":
        return { session: SESSION, lease: await this.#lease() };
      case "ShutdownWorkerRequest":
        return { session: "session-to-end" };
      case "SendEventRequest":
        return { ref: await this.#instance("greet"), type: "approved" };
      case "WatchInstanceRequest":
      case "WaitInstanceRequest":
        return { ref: await this.#finished() };
      default:
        return { ref: await this.#instance("greet") };
    }
  }

  async #instance(workflow: string): Promise<object> {
    const ref = { workflow, instanceId: `honest-${++this.#made}` };
    await this.#clients.workflows.createInstance({ workflow, instance: { instanceId: ref.instanceId } });
    return ref;
  }

  async #finished(): Promise<object> {
    const ref = await this.#instance("finished");
    await this.#clients.workflows.terminateInstance({ ref });
    return ref;
  }

  /** A leased instance whose first step runs. */
  async #lease(): Promise<object> {
    const workflow = `leased-${++this.#made}`;
    await this.#instance(workflow);
    const { tasks } = await this.#clients.workers.pollTasks({ session: SESSION, workflows: [workflow], slots: 1 });
    const lease = tasks[0]!.lease!;
    const operations = [
      { operation: { case: "startStep" as const, value: { key: KEY, attempt: 1, alreadyRunning: true } } },
    ];
    await this.#clients.workers.commitTasks({ session: SESSION, commits: [{ lease, sequence: 1, operations }] });
    return lease;
  }
}
