import { setTimeout as delay } from "node:timers/promises";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { Instance, InstanceStatus } from "../../gen/perdure/v1/instance_pb.ts";
import type { JournalRecord } from "../../gen/perdure/v1/journal_pb.ts";
import type { WatchInstanceResponse } from "../../gen/perdure/v1/workflow_service_pb.ts";
import { isTransient } from "../transport-errors.ts";
import { backoffMs } from "../transport-retry.ts";
import type { Calls } from "./calls.ts";

/** Which instances to list. All filters must fit. */
export interface InstanceFilter {
  readonly workflow?: string;
  readonly statuses?: readonly InstanceStatus[];
  /** At or after. */
  readonly createdFrom?: Date;
  readonly createdBefore?: Date;
}

/** Instances in the engine's own words, for tools: everything that the contract tells of them. */
export class Instances {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** @throws ConnectError with reason INSTANCE_NOT_FOUND. */
  async get(workflow: string, id: string): Promise<Instance> {
    const ref = this.#calls.ref(workflow, id);
    const { instance } = await this.#calls.repeat((options) => this.#calls.rpc.getInstance({ ref }, options));
    if (instance === undefined) throw new Error("the engine answered without the instance");
    return instance;
  }

  /** Newest first, fetched page by page as they are taken. */
  async *list(filter: InstanceFilter = {}): AsyncGenerator<Instance, void> {
    const { workflow, statuses = [], createdFrom, createdBefore } = filter;
    const request = {
      ...this.#calls.inNamespace,
      ...(workflow !== undefined && { workflow }),
      statuses: [...statuses],
      ...(createdFrom && { createdFrom: timestampFromDate(createdFrom) }),
      ...(createdBefore && { createdBefore: timestampFromDate(createdBefore) }),
    };
    for (let pageToken = ""; ;) {
      const page = await this.#calls.repeat((options) =>
        this.#calls.rpc.listInstances({ ...request, pageToken }, options),
      );
      yield* page.instances;
      pageToken = page.nextPageToken;
      if (pageToken === "") return;
    }
  }

  /** The records of the current run that there are, oldest first. */
  async *journal(workflow: string, id: string, afterPosition = 0): AsyncGenerator<JournalRecord, void> {
    const ref = this.#calls.ref(workflow, id);
    for (let seen = afterPosition; ;) {
      const request = { ref, afterPosition: seen };
      const page = await this.#calls.repeat((options) => this.#calls.rpc.getJournal(request, options));
      yield* page.records;
      seen = page.records.at(-1)?.position ?? page.position;
      if (seen >= page.position) return;
    }
  }

  /**
   * The records of the current run: those there are, then those that come. Ends with the run; waits for an engine that
   * is away, and goes on with the next run from its start when the instance was restarted meanwhile.
   */
  async *watch(workflow: string, id: string, signal?: AbortSignal): AsyncGenerator<WatchInstanceResponse, void> {
    const ref = this.#calls.ref(workflow, id);
    // Leaving the loop does not end a stream of Connect's; a signal does.
    const left = new AbortController();
    const bound = { signal: signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]) };
    let seen: { afterPosition: number; run?: number } = { afterPosition: 0 };
    try {
      for (let failures = 0; ;) {
        try {
          for await (const word of this.#calls.rpc.watchInstance({ ref, ...seen }, bound)) {
            seen = { afterPosition: word.record?.position ?? 0, run: word.run };
            failures = 0;
            yield word;
          }
          return;
        } catch (error) {
          if (!isTransient(error, signal)) throw error;
          failures += 1;
          await delay(backoffMs(failures), undefined, bound);
        }
      }
    } finally {
      left.abort();
    }
  }
}
