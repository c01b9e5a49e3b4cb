import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

/** A request and its response, over HTTP/1.1 or HTTP/2: what both have in common is enough. */
export type Request = IncomingMessage | Http2ServerRequest;
export type Response = ServerResponse | Http2ServerResponse;
export type Listener = (request: Request, response: Response) => void;

/** Answers outside of the RPC protocols, for people, probes and browsers. */
export function answerJson(response: Response, status: number, body: object): void {
  const text = `${JSON.stringify(body)}\n`;
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  (response as ServerResponse).writeHead(status, headers);
  (response as ServerResponse).end(text);
}

export function pathOf({ url }: Request): string {
  return (url ?? "").split("?", 1)[0] ?? "";
}
