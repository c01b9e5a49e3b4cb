import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";

export interface Params {
  readonly name: string;
}

/** Greets a guest, rests, and says goodbye. Stop the process during the rest: it goes on where it was. */
export class Hello extends WorkflowEntrypoint<object, Params> {
  async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    const greeting = await step.do("greet", async () => `Hello, ${event.payload.name}!`);
    await step.sleep("rest", "5 seconds");
    return await step.do("say goodbye", async () => `${greeting} And goodbye.`);
  }
}
