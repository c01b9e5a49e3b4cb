import type { Params } from "./workflow.ts";

export { WriterWorkflow } from "./workflow.ts";

interface Bindings {
  readonly WRITER: { create(options: { readonly params: Params }): Promise<{ readonly id: string }> };
}

/** What Cloudflare calls: a POST of params begins an instance. Here `start.ts` does that. */
export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    if (request.method !== "POST") return new Response("POST params to begin", { status: 405 });
    const { id } = await env.WRITER.create({ params: (await request.json()) as Params });
    return Response.json({ id }, { status: 201 });
  },
};
