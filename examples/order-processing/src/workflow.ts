import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";

export interface Params {
  readonly items: readonly { readonly article: string; readonly quantity: number }[];
  readonly card: string;
  readonly email: string;
}

/** What a payment gateway says. It is the caller who knows which answers are worth another try. */
export type ChargeAnswer =
  | { readonly outcome: "charged"; readonly chargeId: string }
  | { readonly outcome: "declined"; readonly reason: string }
  | { readonly outcome: "busy"; readonly retryAfterMs: number };

/** Each of these may be called again after a crash: `orderId`, or the key, is how the service knows that it has done it. */
export interface Env {
  readonly STOCK: {
    /** The total in cents of what is now kept for the order; null when there is not enough. */
    reserve(orderId: string, items: Params["items"]): Promise<number | null>;
    release(orderId: string): Promise<void>;
  };
  readonly PAYMENTS: {
    charge(card: string, cents: number, options: { readonly idempotencyKey: string }): Promise<ChargeAnswer>;
    /** Gives back what was charged under this key, if anything was. */
    refund(idempotencyKey: string): Promise<void>;
  };
  readonly CARRIER: {
    /** Null when the carrier does not take a parcel of this weight. */
    ship(orderId: string): Promise<{ readonly trackingNumber: string } | null>;
  };
  readonly MAIL: { send(mail: { readonly to: string; readonly subject: string }): Promise<void> };
}

/** The gateway is there, and cannot take the charge now. */
class GatewayBusy extends Error {
  override readonly name = "GatewayBusy";
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`the gateway asks for ${retryAfterMs} ms of patience`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Reads what the gateway asked for. An error keeps its properties on the way here, and not its class. */
const retryAfter = ({ error }: { readonly error: Error }) =>
  "retryAfterMs" in error ? Number(error.retryAfterMs) : "1 second";

/** Takes an order from the shelf to the parcel, and money once. */
export class OrderWorkflow extends WorkflowEntrypoint<Env, Params> {
  async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    const { items, card, email } = event.payload;
    const orderId = event.instanceId;

    const cents = await step.do(
      "reserve stock",
      async () => {
        const total = await this.env.STOCK.reserve(orderId, items);
        if (total === null) throw new NonRetryableError("there is not enough on the shelf");
        return total;
      },
      { rollback: async () => this.env.STOCK.release(orderId) },
    );

    try {
      await this.#charge(step, orderId, card, cents);
    } catch (error) {
      // Whether money was taken is then not known: the order is errored, and what was done is undone.
      if ((error as Error).name !== "NonRetryableError") throw error;
      const reason = (error as Error).message;
      await step.do("release stock", async () => this.env.STOCK.release(orderId));
      await step.do("say sorry", async () => this.env.MAIL.send({ to: email, subject: `Not paid: ${reason}` }));
      return { status: "not paid", reason } as const;
    }

    const trackingNumber = await step.do("ship", async () => {
      const parcel = await this.env.CARRIER.ship(orderId);
      if (parcel === null) throw new NonRetryableError("the parcel is too heavy");
      return parcel.trackingNumber;
    });
    await step.do("notify", async () =>
      this.env.MAIL.send({ to: email, subject: `On its way to you: ${trackingNumber}` }),
    );
    return { status: "shipped", cents, trackingNumber } as const;
  }

  /** The id of the charge. */
  async #charge(step: WorkflowStep, orderId: string, card: string, cents: number): Promise<string> {
    const config = {
      retries: { limit: 5, delay: retryAfter, backoff: "constant" },
      timeout: "1 minute",
    } as const;
    // The same in every attempt, so that an attempt whose answer was lost is not charged twice, and can be undone.
    const idempotencyKey = `${orderId}-charge`;
    const charge = async () => {
      const answer = await this.env.PAYMENTS.charge(card, cents, { idempotencyKey });
      switch (answer.outcome) {
        case "charged":
          return answer.chargeId;
        case "declined":
          throw new NonRetryableError(answer.reason);
        case "busy":
          throw new GatewayBusy(answer.retryAfterMs);
      }
    };
    return step.do("charge card", config, charge, { rollback: async () => this.env.PAYMENTS.refund(idempotencyKey) });
  }
}
