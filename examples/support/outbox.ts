import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";

export interface Mail {
  readonly to: string;
  readonly subject: string;
}

/** Stands where a mail service would: each mail is a line of JSON at the end of a file. */
export class Outbox {
  readonly #file: string;

  /** @param file Made with the first mail, its folder too. */
  constructor(file: string) {
    this.#file = file;
  }

  async send(mail: Mail): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    await appendFile(this.#file, `${JSON.stringify(mail)}\n`);
  }
}
