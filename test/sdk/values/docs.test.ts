import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { encodeValue } from "perdure/values/encode";

const page = readFileSync(new URL("../../../docs/values.md", import.meta.url), "utf8");

/** Rows of the table of examples: an expression, the content's name, the text or the bytes in hex. */
const examples = [
  ...page.matchAll(/^\| `(?<code>.+?)` +\| (?<form>`json`|`bytes`|`cbor`|unset) +\| (?<bytes>.*?) +\|$/gm),
].map(
  ({ groups = {} }) =>
    [groups["code"]!, groups["form"]!.replaceAll("`", ""), groups["bytes"]!.replaceAll("`", "")] as const,
);

describe("docs/values.md", () => {
  it("has examples", () => {
    expect(examples.length).toBeGreaterThan(15);
  });

  it.each(examples)("says how %s is encoded", (code, form, bytes) => {
    const { content } = encodeValue(runInThisContext(`(${code})`));

    expect(content.case ?? "unset").toBe(form);
    expect(content.case === "json" ? content.value : hexOf(content)).toBe(bytes);
  });
});

function hexOf({ value }: ReturnType<typeof encodeValue>["content"]): string {
  return value === undefined || value instanceof Uint8Array ? Buffer.from(value ?? []).toString("hex") : "";
}
