/** What the model is told to be, for each kind of question. */
export const PROMPTS = {
  outline: "You plan short articles. Answer with a JSON list of three or four headings for the topic.",
  section: "You write short articles. Write the section of the topic that has the heading below it, in two sentences.",
  review: 'You are a strict editor. Answer with JSON: {"score": 0 to 10, "advice": "the one thing to change next"}.',
  revise: "You write short articles. Change the draft below as the advice in the first line says; keep the rest.",
  title: "You give titles to articles. Answer with the title alone.",
} as const;

export type Task = keyof typeof PROMPTS;
