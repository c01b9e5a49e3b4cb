import { type Client as RpcClient, createClient as createRpcClient, type Transport } from "@connectrpc/connect";
import { WorkflowService } from "../../gen/perdure/v1/workflow_service_pb.ts";
import { retrying } from "../transport-retry.ts";

/** How long one call may take, beyond what it is held for, before it counts as lost. */
const CALL_TIMEOUT_MS = 15_000;

/** Ours: with the delays between them, about ten seconds of an engine that is away. */
const CALL_ATTEMPTS_MAX = 8;

/** What bounds one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
}

/** Which instance a call is about. */
export interface InstanceKey {
  readonly namespace?: string;
  readonly workflow: string;
  readonly instanceId: string;
}

/** Calls of one engine, for one namespace. */
export class Calls {
  /** Undefined: the engine's default. */
  readonly namespace: string | undefined;
  readonly rpc: RpcClient<typeof WorkflowService>;

  constructor(transport: Transport, namespace: string | undefined) {
    this.rpc = createRpcClient(WorkflowService, transport);
    this.namespace = namespace;
  }

  /** The namespace of a request; nothing where the engine's default is meant. */
  get inNamespace(): { readonly namespace?: string } {
    return this.namespace === undefined ? {} : { namespace: this.namespace };
  }

  ref(workflow: string, instanceId: string): InstanceKey {
    return { ...this.inNamespace, workflow, instanceId };
  }

  /** Makes a call that is safe to repeat, again while the engine is away. */
  repeat<T>(call: (options: CallOptions) => Promise<T>, signal?: AbortSignal, heldMs = 0): Promise<T> {
    return retrying(() => this.once(call, signal, heldMs), { attempts: CALL_ATTEMPTS_MAX, ...(signal && { signal }) });
  }

  /** Makes a call that must not be made twice unless the first is known to have failed. */
  once<T>(call: (options: CallOptions) => Promise<T>, signal?: AbortSignal, heldMs = 0): Promise<T> {
    return call({ timeoutMs: CALL_TIMEOUT_MS + heldMs, ...(signal && { signal }) });
  }
}
