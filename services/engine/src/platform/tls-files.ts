import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import type { TlsFiles } from "./config.ts";

/** @throws {Error} with a sentence when a file cannot be read, or when they are not a certificate and its key. */
export async function readTlsFiles({
  certFile,
  keyFile,
}: TlsFiles): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  const [cert, key] = await Promise.all([read(certFile), read(keyFile)]);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Error(`${certFile} and ${keyFile} are not a certificate and its key: ${why}`, { cause });
  }
  return { cert, key };
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Error(`cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}
