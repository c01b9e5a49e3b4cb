import { setTimeout as delay } from "node:timers/promises";
import { PROMPTS, type Task } from "./prompts.ts";
import type { Env } from "./workflow.ts";

/** Long enough to see one answer after the other. */
const THINKING_MS = 250;

/** What the editor looks for, what it asks for when that is missing, and what the writer then adds. */
const CRITERIA = [
  { shown: /\d/, advice: "Give a number.", addition: "Half an hour and 3 tools are enough for a first try." },
  {
    shown: /for example/i,
    advice: "Give an example.",
    addition: "A neighbour, for example, began with a single shelf.",
  },
  { shown: /unless|but /i, advice: "Name a limit.", addition: "It rarely fails, unless it is rushed." },
  { shown: /in short/i, advice: "Close with a summary.", addition: "In short: begin small, and look twice." },
] as const;

/** The outline's headings, and what there is to say below them. */
const SECTIONS = [
  [
    "Why it is worth it",
    "What is kept need not be bought, and whoever has done it once sees the next one with other eyes.",
  ],
  ["How it is done", "Look first, take apart only what must be, and put each part down in the order in which it came."],
  ["What can go wrong", "Haste is cheap on the first day, but it is paid for on the second."],
] as const;

/** How each kind of question is answered. */
const ANSWERS: Readonly<Record<Task, (question: string) => string>> = {
  outline: () => JSON.stringify(SECTIONS.map(([heading]) => heading)),
  section: (question) => {
    const [topic, heading] = parts(question);
    const said = SECTIONS.find(([known]) => known === heading)?.[1] ?? "There is little to say about it.";
    return `${heading}: a word on ${topic}. ${said}`;
  },
  review: (draft) => {
    const missing = CRITERIA.filter(({ shown }) => !shown.test(draft));
    const score = Math.round((1 - missing.length / CRITERIA.length) * 10);
    return JSON.stringify({ score, advice: missing[0]?.advice ?? "" });
  },
  revise: (question) => {
    const [advice, draft] = parts(question);
    return `${draft}\n\n${CRITERIA.find((criterion) => criterion.advice === advice)?.addition ?? ""}`;
  },
  title: (draft) => `A word on ${/a word on ([^.]+)/.exec(draft)?.[1] ?? "something"}, and how to begin`,
};

/**
 * Stands where Workers AI stands on Cloudflare. **No model is run**: each prompt of this example has a rule, and the same
 * question has the same answer.
 */
export class StandIn {
  readonly run: Env["AI"]["run"] = async (_model, { messages }) => {
    const system = messages.find(({ role }) => role === "system")?.content;
    const question = messages.find(({ role }) => role === "user")?.content ?? "";
    const task = (Object.keys(PROMPTS) as Task[]).find((name) => PROMPTS[name] === system);
    if (task === undefined) throw new TypeError("the stand-in answers only the prompts of this example");
    await delay(THINKING_MS);
    return { response: ANSWERS[task](question) };
  };
}

/** The first paragraph, and everything below it. */
function parts(question: string): readonly [string, string] {
  const end = question.indexOf("\n\n");
  return [question.slice(0, end), question.slice(end + 2)];
}
