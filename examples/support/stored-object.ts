import { createHash } from "node:crypto";

/** What is known of an object without its content. */
export interface ObjectHead {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** MD5 of the content in hex, as R2 gives it for a simple upload. */
  readonly etag: string;
  /** When the content was last written. */
  readonly uploaded: Date;
}

/** One object with its content, in the shape of an R2 object. The content can be consumed once, by one of the readers. */
export class StoredObject implements ObjectHead {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly uploaded: Date;
  readonly #content: Response;

  constructor(key: string, content: Uint8Array<ArrayBuffer>, uploaded: Date) {
    this.key = key;
    this.size = content.byteLength;
    this.etag = createHash("md5").update(content).digest("hex");
    this.uploaded = uploaded;
    this.#content = new Response(content);
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#content.body;
  }

  get bodyUsed(): boolean {
    return this.#content.bodyUsed;
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#content.arrayBuffer();
  }

  text(): Promise<string> {
    return this.#content.text();
  }

  json(): Promise<unknown> {
    return this.#content.json();
  }

  head(): ObjectHead {
    return { key: this.key, size: this.size, etag: this.etag, uploaded: this.uploaded };
  }
}
