import { fileURLToPath } from "node:url";
import { FolderBucket } from "../../support/bucket.ts";
import { LocalDescriber } from "./describer.ts";

const OWN_BUCKET = fileURLToPath(new URL("../bucket", import.meta.url));

/**
 * Builds what the workflow finds in `this.env`: on Cloudflare the platform binds R2 and Workers AI, here a folder and a
 * measuring describer take their places.
 *
 * @param folder Of the bucket. Default: the example's own `bucket/`.
 */
export default function env(folder: string = OWN_BUCKET) {
  return { BUCKET: new FolderBucket(folder), AI: new LocalDescriber() };
}
