import { join } from "node:path";
import { exampleFolder } from "../../support/folder.ts";
import env from "./env.ts";

export const FOLDER = exampleFolder(import.meta.url);

export const BUCKET_FOLDER = join(FOLDER, "bucket");

export default () => env(BUCKET_FOLDER);
