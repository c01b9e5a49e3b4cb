import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { Workflow, WorkflowSettingsSchema } from "../../gen/perdure/v1/workflow_pb.ts";
import { parseDuration, type Duration } from "../duration.ts";
import type { Calls } from "./calls.ts";

/** How the instances of a workflow are run. What is left out is as the engine is configured. */
export interface WorkflowSettings {
  /** Steps that a run may have; sleeps and waits are exempt. 1 to 1,000,000. */
  readonly stepLimit?: number | undefined;
  /** Instances that workers may have at once; more of them queue. 1 to 1,000,000. Left out: no limit. */
  readonly concurrencyLimit?: number | undefined;
  /** How long instances are kept after they completed or were terminated, unless they say so themselves. 1 ms to 10 years. */
  readonly successRetention?: Duration | undefined;
  /** The same after they errored. */
  readonly errorRetention?: Duration | undefined;
  /** Cron expressions in UTC. At each time that one means, an instance is created. At most 100. */
  readonly schedules?: readonly string[] | undefined;
}

const PAGE_SIZE = 100;

/** Workflows as such, in the engine's own words: how their instances are run, and how many there are. */
export class Workflows {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /**
   * Says how the instances of a workflow are run. It replaces what was said before.
   *
   * @throws TypeError for a retention that is no duration; ConnectError with reason INVALID_FIELD for what the engine does not take.
   */
  async put(workflow: string, settings: WorkflowSettings): Promise<Workflow> {
    const request = { ...this.#calls.inNamespace, workflow, settings: settingsMessage(settings) };
    return given((await this.#calls.repeat((options) => this.#calls.rpc.putWorkflow(request, options))).workflow);
  }

  /** @throws ConnectError with reason WORKFLOW_NOT_FOUND when it has neither settings nor instances. */
  async get(workflow: string): Promise<Workflow> {
    const request = { ...this.#calls.inNamespace, workflow };
    return given((await this.#calls.repeat((options) => this.#calls.rpc.getWorkflow(request, options))).workflow);
  }

  /** Those that have settings or instances, by name, fetched page by page as they are taken. */
  async *list(): AsyncGenerator<Workflow, void> {
    for (let after = ""; ;) {
      const request = { ...this.#calls.inNamespace, after, pageSize: PAGE_SIZE };
      const { workflows } = await this.#calls.repeat((options) => this.#calls.rpc.listWorkflows(request, options));
      yield* workflows;
      if (workflows.length < PAGE_SIZE) return;
      after = workflows.at(-1)?.name ?? "";
    }
  }

  /** Forgets the settings of a workflow: its schedules end, its limits are the engine's. Instances stay. */
  async delete(workflow: string): Promise<void> {
    const request = { ...this.#calls.inNamespace, workflow };
    await this.#calls.repeat((options) => this.#calls.rpc.deleteWorkflow(request, options));
  }
}

/** Settings as the contract has them. */
export type SettingsMessage = MessageInitShape<typeof WorkflowSettingsSchema>;

/** @throws TypeError for a retention that is no duration. */
export function settingsMessage(settings: WorkflowSettings): SettingsMessage {
  const { stepLimit, concurrencyLimit, successRetention, errorRetention, schedules = [] } = settings;
  return {
    ...(stepLimit !== undefined && { stepLimit }),
    ...(concurrencyLimit !== undefined && { concurrencyLimit }),
    ...(successRetention !== undefined && { successRetention: durationOf("successRetention", successRetention) }),
    ...(errorRetention !== undefined && { failureRetention: durationOf("errorRetention", errorRetention) }),
    schedules: [...schedules],
  };
}

function durationOf(what: string, duration: Duration) {
  const ms = parseDuration(duration);
  if (Number.isFinite(ms)) return durationFromMs(Math.round(ms));
  throw new TypeError(`${what} is a duration such as "7 days", or milliseconds, not ${JSON.stringify(duration)}`);
}

function given(workflow: Workflow | undefined): Workflow {
  if (workflow === undefined) throw new Error("the engine answered without the workflow");
  return workflow;
}
