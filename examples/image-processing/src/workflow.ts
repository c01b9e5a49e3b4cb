import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";

/** What the workflow reads of a stored picture. */
interface StoredImage {
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface Env {
  readonly BUCKET: {
    get(key: string): Promise<StoredImage | null>;
    put(key: string, value: ArrayBuffer): Promise<unknown>;
  };
  readonly AI: {
    run(
      model: string,
      input: { readonly image: readonly number[]; readonly prompt: string; readonly max_tokens: number },
    ): Promise<{ readonly description: string }>;
  };
}

export interface Params {
  /** Key in the bucket of the picture to publish. */
  readonly imageKey: string;
}

/** Describes a picture, waits until somebody approves it, and publishes it under `public/`. */
export class ImageProcessingWorkflow extends WorkflowEntrypoint<Env, Params> {
  async run(event: WorkflowEvent, step: WorkflowStep) {
    const imageData = await step.do("fetch image", async () => {
      const object = await this.env.BUCKET.get(event.params.imageKey);
      if (object === null) throw new Error(`The bucket has no image "${event.params.imageKey}"`);
      return await object.arrayBuffer();
    });

    const { description } = await step.do("generate description", async () =>
      this.env.AI.run("@cf/llava-hf/llava-1.5-7b-hf", {
        image: [...new Uint8Array(imageData)],
        prompt: "Describe this image in one sentence",
        max_tokens: 50,
      }),
    );

    await step.waitForEvent("await approval", { event: "approved", timeout: "24 hours" });

    const published = "public/" + event.params.imageKey;
    await step.do("publish", async () => {
      await this.env.BUCKET.put(published, imageData);
    });

    return { description, published };
  }
}
