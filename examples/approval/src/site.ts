import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Client } from "perdure/client";
import type { FolderBucket } from "../../support/bucket.ts";
import { readDesk } from "./desk.ts";
import { page } from "./page.ts";
import type { Decision } from "./workflow.ts";

/** A form of three short fields. */
const BODY_BYTES_MAX = 4_096;

/** The page with the buttons, on a port of this machine. */
export class Site implements AsyncDisposable {
  readonly #client: Client;
  readonly #workflow: string;
  readonly #bucket: FolderBucket;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(client: Client, workflow: string, bucket: FolderBucket) {
    this.#client = client;
    this.#workflow = workflow;
    this.#bucket = bucket;
  }

  /** Resolves with its address. */
  async open(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const route = `${request.method} ${request.url}`;
      if (route === "GET /") respond(response, 200, page(await readDesk(this.#bucket)));
      else if (route === "POST /decide") await this.#decide(request, response);
      else respond(response, 404, "There is only one page here.");
    } catch (error) {
      respond(response, 500, (error as Error).message);
    }
  }

  /** The button: one event to the instance that waits for it. */
  async #decide(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A page of somebody else could press it otherwise.
    const { origin, host } = request.headers;
    if (origin !== undefined && origin !== `http://${host}`) return respond(response, 403, "Not from another site.");
    const form = await formOf(request);
    const decision: Decision = { approved: form.get("decision") === "approve", by: form.get("by") ?? "" };
    try {
      const instance = await this.#client.workflow(this.#workflow).get(form.get("id") ?? "");
      await instance.sendEvent({ type: "decision", payload: decision });
    } catch (error) {
      return respond(response, 409, `Not taken: ${(error as Error).message}`);
    }
    response.writeHead(303, { location: "/" }).end();
  }
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += chunk as string;
    if (body.length > BODY_BYTES_MAX) throw new RangeError(`a form of more than ${BODY_BYTES_MAX} bytes`);
  }
  return new URLSearchParams(body);
}

function respond(response: ServerResponse, status: number, content: string): void {
  const type = status === 200 ? "text/html" : "text/plain";
  response.writeHead(status, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" }).end(content);
}
