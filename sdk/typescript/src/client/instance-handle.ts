import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { randomUUID } from "node:crypto";
import type { Instance } from "../../gen/perdure/v1/instance_pb.ts";
import { WorkflowError } from "../errors.ts";
import { decodeFailure } from "../failure.ts";
import { EVENT_TYPE } from "../names.ts";
import { reasonOf } from "../transport-errors.ts";
import { decodeValue } from "../values/decode.ts";
import { encodeValue } from "../values/encode.ts";
import { epochMsOf } from "../worker/wire-time.ts";
import type {
  InstanceStatus,
  WorkflowInstance,
  WorkflowInstanceRestartOptions,
  WorkflowInstanceTerminateOptions,
} from "../workflow-binding.ts";
import type { CallOptions, Calls, InstanceKey } from "./calls.ts";
import { isFinished, statusOf, statusWord } from "./instance-status.ts";
import { isOwnInstance, nothingMore } from "./own-instance.ts";
import { type Action, notFound, refusalOf } from "./refusals.ts";
import { stepSelector } from "./step-selector.ts";
import type { WorkflowInstanceSubscribeOptions, WorkflowInstanceSubscription } from "./subscription/event.ts";
import { parseSubscribeOptions } from "./subscription/options.ts";
import { EventSubscription } from "./subscription/subscription.ts";

/** How long one wait for the end is held by the engine. */
const HOLD_MS = 20_000;

/** What bounds a wait. */
export interface WaitOptions {
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal;
}

/** The handle of an instance: what a binding gives, and waiting for the end. */
export interface InstanceHandle<Output = unknown> extends WorkflowInstance {
  /** Waits until the instance is complete, errored or terminated, however long that takes. */
  waitForEnd(options?: WaitOptions): Promise<InstanceStatus>;
  /**
   * Waits for the end and returns what `run` returned, of the same kinds: a Date is a Date again.
   * @throws What `run` threw; WorkflowError "instance.terminated".
   */
  result(options?: WaitOptions): Promise<Output>;
}

/** Calls on one instance. */
export class CallingHandle<Output> implements InstanceHandle<Output> {
  readonly id: string;
  readonly #calls: Calls;
  readonly #ref: InstanceKey;

  constructor(calls: Calls, workflow: string, id: string) {
    this.id = id;
    this.#calls = calls;
    this.#ref = calls.ref(workflow, id);
  }

  async status(): Promise<InstanceStatus> {
    return statusOf(await this.#get());
  }

  async pause(): Promise<void> {
    await this.#repeat("other", (options) => this.#calls.rpc.pauseInstance({ ref: this.#ref }, options));
  }

  async resume(): Promise<void> {
    await this.#repeat("other", (options) => this.#calls.rpc.resumeInstance({ ref: this.#ref }, options));
  }

  async terminate({ rollback }: WorkflowInstanceTerminateOptions = {}): Promise<void> {
    const request = { ref: this.#ref, rollback: rollback === true };
    let tries = 0;
    await this.#ending("terminate", async (options) => {
      tries += 1;
      try {
        await this.#calls.rpc.terminateInstance(request, options);
      } catch (error) {
        const byUs = tries > 1 && reasonOf(error) === "INVALID_TRANSITION" && (await this.#word()) === "terminated";
        if (!byUs) throw error;
      }
    });
  }

  async restart({ from }: WorkflowInstanceRestartOptions = {}): Promise<void> {
    const request = { ref: this.#ref, ...(from !== undefined && { from: stepSelector(from) }) };
    // Not made again by itself: a second restart would wipe what the first has begun.
    const once = (call: (options: CallOptions) => Promise<unknown>) => this.#calls.once(call);
    await this.#ending("other", (options) => this.#calls.rpc.restartInstance(request, options), once);
  }

  async delete(): Promise<void> {
    let tries = 0;
    await this.#ending("other", async (options) => {
      tries += 1;
      try {
        await this.#calls.rpc.deleteInstance({ ref: this.#ref }, options);
      } catch (error) {
        const byUs = tries > 1 && reasonOf(error) === "INSTANCE_NOT_FOUND";
        if (!byUs) throw error;
      }
    });
  }

  async sendEvent({ type, payload }: { readonly type: string; readonly payload?: unknown }): Promise<void> {
    if (typeof type !== "string" || !EVENT_TYPE.test(type)) {
      throw new WorkflowError("workflow.invalid_event_type", "Event type is invalid");
    }
    const request = {
      ref: this.#ref,
      type,
      requestId: randomUUID(),
      payload: encodeValue(payload, { root: "payload" }),
    };
    await this.#repeat("sendEvent", (options) => this.#calls.rpc.sendEvent(request, options));
  }

  async subscribe(options?: WorkflowInstanceSubscribeOptions): Promise<WorkflowInstanceSubscription> {
    const wanted = parseSubscribeOptions(options);
    return new EventSubscription(this.#calls, this.#ref, await this.#get(), wanted);
  }

  async waitForEnd({ signal }: WaitOptions = {}): Promise<InstanceStatus> {
    return statusOf(await this.#end(signal));
  }

  async result({ signal }: WaitOptions = {}): Promise<Output> {
    const instance = await this.#end(signal);
    if (instance.failure !== undefined) throw decodeFailure(instance.failure);
    if (statusWord(instance) === "terminated")
      throw new WorkflowError("instance.terminated", "Instance was terminated");
    return (instance.output === undefined ? undefined : decodeValue(instance.output)) as Output;
  }

  async #end(signal: AbortSignal | undefined): Promise<Instance> {
    const request = { ref: this.#ref, hold: durationFromMs(HOLD_MS) };
    for (let createdAtMs: number | null = null; ;) {
      const call = this.#calls.repeat((options) => this.#calls.rpc.waitInstance(request, options), signal, HOLD_MS);
      const { instance } = await this.#refused("other", call);
      if (instance === undefined) continue;
      // The next instance of the id is not the one that is waited for.
      createdAtMs ??= epochMsOf(instance.createTime);
      if (epochMsOf(instance.createTime) !== createdAtMs) throw notFound();
      if (isFinished(instance)) return instance;
    }
  }

  async #get(): Promise<Instance> {
    const { instance } = await this.#repeat("other", (bound) => this.#calls.rpc.getInstance({ ref: this.#ref }, bound));
    if (instance === undefined) throw new WorkflowError("internal", "the engine answered without the instance");
    return instance;
  }

  async #word(): Promise<string> {
    return statusWord(await this.#get());
  }

  /** Makes a call that ends the run there is. Code of that run goes no further once it has. */
  async #ending(
    action: Action,
    call: (options: CallOptions) => Promise<unknown>,
    make = (it: typeof call): Promise<unknown> => this.#calls.repeat(it),
  ): Promise<void> {
    const isOwn = await this.#refused(action, isOwnInstance(this.#calls, this.#ref));
    await this.#refused(action, make(call));
    if (isOwn) await nothingMore();
  }

  #repeat<T>(action: Action, call: (options: CallOptions) => Promise<T>): Promise<T> {
    return this.#refused(action, this.#calls.repeat(call));
  }

  async #refused<T>(action: Action, call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      throw refusalOf(error, action, this.id);
    }
  }
}
