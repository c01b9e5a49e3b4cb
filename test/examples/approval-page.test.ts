import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "perdure/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Site } from "../../examples/approval/src/site.ts";
import { FolderBucket } from "../../examples/support/bucket.ts";
import { freePort } from "../support/free-port.ts";

const REQUEST = { id: "tea-1", title: `<b>"Tea" & 'cake'</b>`, cents: 1_250, by: "Lin", approver: "Ada" };

describe("the page of the approval example", () => {
  let folder: string;
  let bucket: FolderBucket;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "perdure-approval-page-"));
    bucket = new FolderBucket(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A client without an engine: none of these requests gets so far. */
  const aSite = async () => {
    const client = createClient({ engine: `http://127.0.0.1:${await freePort()}` });
    const site = new Site(client, "ApprovalWorkflow", bucket);
    return { site, url: await site.open() };
  };

  it("shows what waits with its buttons, and what is decided without", async () => {
    await bucket.put("pending/tea-1", JSON.stringify(REQUEST));
    await bucket.put(
      "decided/mug-1",
      JSON.stringify({ ...REQUEST, id: "mug-1", decision: { approved: false, by: "Grace" } }),
    );
    const { site, url } = await aSite();
    await using _ = site;
    const html = await (await fetch(url)).text();

    expect(html).toContain("<title>Requests (1)</title>");
    expect(html.match(/<button /g)).toHaveLength(2);
    expect(html).toContain(`value="tea-1"`);
    expect(html).toContain("12.50 €");
    expect(html).toContain("rejected by Grace");
  });

  it("shows what people have written as text", async () => {
    await bucket.put("pending/tea-1", JSON.stringify(REQUEST));
    const { site, url } = await aSite();
    await using _ = site;
    const html = await (await fetch(url)).text();

    expect(html).not.toContain("<b>");
    expect(html).toContain("&#60;b&#62;&#34;Tea&#34; &#38; &#39;cake&#39;&#60;/b&#62;");
  });

  it("has nothing else, and takes no press from another site nor a form that is too long", async () => {
    const { site, url } = await aSite();
    await using _ = site;
    const post = (body: string, headers: Record<string, string> = {}) =>
      fetch(`${url}/decide`, { method: "POST", body, headers });

    expect((await fetch(`${url}/decide`)).status).toBe(404);
    expect((await post("id=tea-1", { origin: "http://elsewhere.example" })).status).toBe(403);
    expect((await post("x".repeat(5_000))).status).toBe(500);
  });
});
