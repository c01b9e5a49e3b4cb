import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { PROMPTS } from "./prompts.ts";

export interface Params {
  readonly topic: string;
}

export interface Message {
  readonly role: "system" | "user";
  readonly content: string;
}

export interface Env {
  readonly AI: {
    run(
      model: string,
      input: { readonly messages: readonly Message[]; readonly max_tokens: number },
    ): Promise<{ readonly response: string }>;
  };
}

interface Review {
  /** 0 to 10. */
  readonly score: number;
  readonly advice: string;
}

const MODEL = "@cf/meta/llama-3.1-8b-instruct";

/** Good enough to be printed. */
const SCORE_MIN = 8;
/** A critic who is never content must not cost for ever. */
const ROUNDS_MAX = 5;

/** Writes an article: an outline, its sections in parallel, then reviews and revisions until it is good enough. */
export class WriterWorkflow extends WorkflowEntrypoint<Env, Params> {
  async run(event: WorkflowEvent<Params>, step: WorkflowStep) {
    const { topic } = event.payload;

    const headings = await this.#ask(step, "outline", PROMPTS.outline, topic, parseHeadings);
    const sections = await Promise.all(
      headings.map((heading) =>
        this.#ask(step, `write "${heading}"`, PROMPTS.section, `${topic}\n\n${heading}`, plain),
      ),
    );

    let draft = sections.join("\n\n");
    let review = await this.#review(step, draft, 1);
    let rounds = 1;
    while (review.score < SCORE_MIN && rounds < ROUNDS_MAX) {
      draft = await this.#ask(step, `revise ${rounds}`, PROMPTS.revise, `${review.advice}\n\n${draft}`, plain);
      rounds += 1;
      review = await this.#review(step, draft, rounds);
    }

    const title = await this.#ask(step, "title", PROMPTS.title, draft, plain);
    return { title, text: draft, score: review.score, rounds };
  }

  #review(step: WorkflowStep, draft: string, round: number): Promise<Review> {
    return this.#ask(step, `review ${round}`, PROMPTS.review, draft, parseReview);
  }

  /** One answer of the model is one step: it is paid for once, and what cannot be read is asked for again. */
  #ask<T>(step: WorkflowStep, name: string, system: string, user: string, read: (text: string) => T): Promise<T> {
    const config = { retries: { limit: 3, delay: "2 seconds" }, timeout: "1 minute" } as const;
    return step.do(name, config, async () => {
      const messages: readonly Message[] = [
        { role: "system", content: system },
        { role: "user", content: user },
      ];
      const { response } = await this.env.AI.run(MODEL, { messages, max_tokens: 1_024 });
      return read(response);
    });
  }
}

const plain = (text: string): string => text.trim();

function parseHeadings(text: string): readonly string[] {
  const headings: unknown = JSON.parse(text);
  if (Array.isArray(headings) && headings.every((heading) => typeof heading === "string")) return headings;
  throw new TypeError("the outline is no list of headings");
}

function parseReview(text: string): Review {
  const { score, advice } = JSON.parse(text) as Partial<Review>;
  if (typeof score === "number" && typeof advice === "string") return { score, advice };
  throw new TypeError("the review has no score, or no advice");
}
