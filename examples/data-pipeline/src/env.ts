import { join } from "node:path";
import { FolderBucket } from "../../support/bucket.ts";
import { exampleFolder } from "../../support/folder.ts";
import { Readings } from "./readings.ts";

export const FOLDER = exampleFolder(import.meta.url);

/** Of the bucket. */
export const REPORTS_FOLDER = join(FOLDER, ".perdure", "reports");

/** Builds what the workflow finds in `this.env`: what wrangler.jsonc binds, as a folder and a computed data set. */
export default function env() {
  return {
    READINGS: new Readings(join(FOLDER, ".perdure", "reads.txt")),
    REPORTS: new FolderBucket(REPORTS_FOLDER),
  };
}
