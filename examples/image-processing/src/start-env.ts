import { join } from "node:path";
import { exampleFolder } from "@perdure/example-support/folder";
import env from "./env.ts";

export const FOLDER = exampleFolder(import.meta.url);

export const BUCKET_FOLDER = join(FOLDER, "bucket");

export default () => env(BUCKET_FOLDER);
