/** Fails when the committed generated code is not what the protos generate. */
import { dirname } from "node:path";
import { generatedDrift } from "./generated-code.ts";

const drift = await generatedDrift(dirname(import.meta.dirname));
for (const line of drift) console.error(line);
if (drift.length > 0) {
  console.error("Run: npm run generate");
  process.exitCode = 1;
}
