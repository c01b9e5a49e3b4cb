import { type WorkflowEvent, type WorkflowStep, WorkflowEntrypoint } from "perdure";

/** Markup where a page might read it as such. */
export const HOSTILE = `<img src=x onerror="globalThis.wasFooled = true">`;

/** Pays at the second attempt, then waits for a parcel. */
export class Shop extends WorkflowEntrypoint<object, { readonly customer: string }> {
  async run(event: WorkflowEvent<{ readonly customer: string }>, step: WorkflowStep) {
    const order = await step.do("reserve", async () => ({ reserved: event.payload.customer }));
    await step.do("charge", { retries: { limit: 2, delay: 1 } }, async ({ attempt }) => {
      if (attempt === 1) throw new Error(`declined ${HOSTILE}`);
      return { charged: true };
    });
    const { payload } = await step.waitForEvent<{ readonly code: string }>("parcel", {
      type: "shipped",
      timeout: "1 day",
    });
    return { order, code: payload.code };
  }
}
