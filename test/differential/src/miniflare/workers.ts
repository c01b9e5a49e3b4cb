// The two workers beside the one under test, as modules for workerd.

/** Receives what callbacks record, and hands it to the process outside. */
export const RECORDER_MODULE = `
import { WorkerEntrypoint } from "cloudflare:workers";
export default class extends WorkerEntrypoint {
  async #send(note) {
    await this.env.OUTSIDE.fetch("http://outside/", { method: "POST", body: JSON.stringify(note) });
  }
  attempt({ step, attempt }) {
    return this.#send({ step: { name: step.name, count: step.count }, attempt });
  }
  record(effect) {
    return this.#send({ effect });
  }
  enter(entry) {
    return this.#send(entry);
  }
}`;

/** Calls the workflow's binding for the process outside: POST {call, id, argument} answers {value} or {error}. */
export const CALLER_MODULE = `
export default {
  async fetch(request, env) {
    const { call, id, argument } = await request.json();
    try {
      if (call === "create") return Response.json({ value: (await env.WORKFLOW.create(argument)).id });
      if (call === "deleteBatch") return Response.json({ value: await env.WORKFLOW.deleteBatch(argument) });
      const instance = await env.WORKFLOW.get(id);
      if (call === "each") {
        const answers = [];
        for (const one of argument)
          answers.push(
            await instance[one](...(one === "sendEvent" ? [{ type: "go" }] : [])).then(
              (value) => value?.status ?? "ok",
              ({ name, message }) => ({ name, message }),
            ),
          );
        return Response.json({ value: answers });
      }
      return Response.json({ value: (await instance[call](...(argument === undefined ? [] : [argument]))) ?? null });
    } catch (error) {
      return Response.json({ error: { name: error.name, message: error.message } });
    }
  },
};`;
