import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";

export interface Params {
  /** What is asked for, and by whom. */
  readonly title: string;
  readonly cents: number;
  readonly by: string;
  /** Who is asked, one after the other until one of them answers. */
  readonly approvers: readonly string[];
}

/** The payload of the event `decision`. */
export interface Decision {
  readonly approved: boolean;
  readonly by: string;
}

/** What is on the desk while somebody is asked. */
export interface PendingRequest extends Pick<Params, "title" | "cents" | "by"> {
  /** Of the instance that waits for the decision. */
  readonly id: string;
  readonly approver: string;
}

export interface DecidedRequest extends PendingRequest {
  /** Null when nobody answered. */
  readonly decision: Decision | null;
}

export interface Env {
  readonly REQUESTS: {
    put(key: string, value: string): Promise<unknown>;
    delete(key: string): Promise<void>;
  };
  /** How long each approver has. */
  readonly ANSWER_WITHIN: `${number} ${"seconds" | "hours"}`;
}

/** Asks one approver after the other until one decides. What nobody answers is not approved. */
export class ApprovalWorkflow extends WorkflowEntrypoint<Env, Params> {
  async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    const { approvers, ...request } = event.payload;
    const id = event.instanceId;
    let decision: Decision | null = null;
    for (const approver of approvers) {
      await step.do(`ask ${approver}`, async () => {
        await this.#put("pending", { ...request, id, approver });
      });
      decision = await this.#answerOf(step, approver);
      if (decision !== null) break;
    }
    await step.do("close", async () => {
      await this.#put("decided", { ...request, id, approver: approvers.at(-1) ?? "", decision });
      await this.env.REQUESTS.delete(`pending/${id}`);
    });
    return decision ?? { approved: false, by: "nobody" };
  }

  /** Null when none came in time. Every wait is for the same event: whoever is late still answers for the next. */
  async #answerOf(step: WorkflowStep, approver: string): Promise<Decision | null> {
    const options = { type: "decision", timeout: this.env.ANSWER_WITHIN } as const;
    try {
      return (await step.waitForEvent<Decision>(`answer of ${approver}`, options)).payload;
    } catch (error) {
      if ((error as Error).name === "WorkflowTimeoutError") return null;
      throw error;
    }
  }

  async #put(pile: "pending" | "decided", request: PendingRequest | DecidedRequest): Promise<void> {
    await this.env.REQUESTS.put(`${pile}/${request.id}`, JSON.stringify(request));
  }
}
