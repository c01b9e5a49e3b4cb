import { expect, it, onTestFinished, describe, beforeAll, afterAll } from "vitest";
import type { Browser, Page } from "playwright-core";
import { createClient } from "perdure/client";
import { serve } from "perdure/worker";
import { anEngine, SILENT } from "../rpc/support/an-engine.ts";
import { HAS_NO_BROWSER, openBrowser } from "./support/browser.ts";
import { HOSTILE, Shop } from "./support/shop.ts";

let browser: Browser;
beforeAll(async () => {
  if (HAS_NO_BROWSER) console.warn("The explorer is not tested: there is no chromium here.");
  else browser = await openBrowser();
});
afterAll(() => browser?.close());

/** The explorer in a browser, before an engine and a worker of its own. */
async function anExplorer(path = "") {
  const { url } = await anEngine();
  const worker = serve({ engine: url, workflows: { Shop }, log: SILENT });
  onTestFinished(() => worker.stop());
  await worker.ready;
  const client = createClient({ engine: url });
  const shop = client.workflow<{ readonly customer: string }>("Shop");
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  const open = (to = path) => page.goto(`${url}/cdn-cgi/explorer/#/default${to}`);
  return { url, client, shop, page, problems, open };
}

const step = (page: Page, name: string) => page.locator(`button.row[data-step="${name}"]`);
const status = (page: Page) => page.locator(".head .status");

describe.runIf(!HAS_NO_BROWSER)("the explorer", () => {
  it("leads from the workflows to an instance, whose steps and attempts it shows", async () => {
    const { shop, page, problems, url } = await anExplorer();
    await shop.create({ id: "order-1", params: { customer: "Ada" } });

    await page.goto(url);
    await page.getByRole("link", { name: "Shop" }).click();
    await page.getByRole("link", { name: "order-1" }).click();
    await page.getByRole("button", { name: "parcel-1" }).waitFor();
    await step(page, "charge-1").click();

    expect(page.url()).toBe(`${url}/cdn-cgi/explorer/#/default/Shop/order-1`);
    expect(await page.getByLabel("Step charge-1").textContent()).toContain("declined <img");
    expect(await step(page, "charge-1").locator("rect").count()).toBe(2);
    expect(problems).toEqual([]);
  });

  it("follows an instance to its end, by the event that is sent in it", async () => {
    const { shop, page, open } = await anExplorer("/Shop/order-1");
    await shop.create({ id: "order-1", params: { customer: "Ada" } });
    await open();
    await step(page, "parcel-1").waitFor();

    await page.getByRole("button", { name: "Send event" }).click();
    expect(await page.getByLabel("type").inputValue()).toBe("shipped");
    await page.getByLabel("payload").fill('{"code": ');
    expect(await page.getByRole("button", { name: "Send", exact: true }).isDisabled()).toBe(true);
    await page.getByLabel("payload").fill('{"code": "C-7"}');
    await page.getByRole("button", { name: "Send", exact: true }).click();

    await status(page).getByText("complete").waitFor();
    expect(await page.locator("main").textContent()).toContain('"code": "C-7"');
    expect(await page.locator("main").textContent()).toContain("workflow completed");
  });

  it("creates an instance from params that are JSON, and steers it: pause, resume, restart from a step, terminate, delete", async () => {
    const { client, page, open, url } = await anExplorer("/Shop");
    await open();

    await page.getByRole("button", { name: "Create instance" }).click();
    await page.getByLabel("id", { exact: false }).last().fill("order-2");
    await page.getByLabel("params").fill("{no");
    expect(await page.getByRole("button", { name: "Create", exact: true }).isDisabled()).toBe(true);
    await page.getByLabel("params").fill('{"customer": "Bo"}');
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await step(page, "parcel-1").waitFor();
    expect(page.url()).toBe(`${url}/cdn-cgi/explorer/#/default/Shop/order-2`);

    await page.getByRole("button", { name: "Pause" }).click();
    await status(page).getByText("paused").waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await status(page).getByText("waiting").waitFor();

    await step(page, "charge-1").click();
    await page.getByRole("button", { name: "Restart from this step" }).click();
    await page.getByRole("button", { name: "Restart", exact: true }).last().click();
    await page.locator("dialog").waitFor({ state: "detached" });
    await step(page, "parcel-1").waitFor();
    expect((await client.instances.get("Shop", "order-2")).run).toBe(2);

    await page.getByRole("button", { name: "Terminate" }).first().click();
    await page.locator("dialog").getByRole("button", { name: "Terminate" }).click();
    await status(page).getByText("terminated").waitFor();
    expect(await page.getByRole("button", { name: "Pause" }).isDisabled()).toBe(true);

    await page.getByRole("button", { name: "Delete" }).first().click();
    await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("No instances.").waitFor();
  });

  it("shows 25 instances a page, those of one status, and finds one by its id", async () => {
    const { shop, page, open } = await anExplorer("/Shop");
    const ids = Array.from({ length: 30 }, (_, number) => `order-${number}`);
    await shop.createBatch(ids.map((id) => ({ id, params: { customer: "Cy" } })));
    await (await shop.get("order-3")).terminate();
    await open();

    await page.getByText("page 1").waitFor();
    await expect.poll(() => page.locator("tbody tr").count()).toBe(25);
    await page.getByRole("button", { name: "Older" }).click();
    await expect.poll(() => page.locator("tbody tr").count()).toBe(5);
    await page.getByLabel("Status").selectOption("terminated");
    await expect.poll(() => page.locator("tbody tr").allTextContents()).toHaveLength(1);
    await page.locator("main").press("/");
    await page.keyboard.type("order-17");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "order-17" }).waitFor();
  });

  it("shows what workflows and callers wrote as text, whatever it is", async () => {
    const { shop, page, open, problems } = await anExplorer("/Shop/order-1");
    await shop.create({ id: "order-1", params: { customer: HOSTILE } });
    await open();
    await step(page, "charge-1").click();
    await (await shop.get("order-1")).sendEvent({ type: "shipped", payload: { code: HOSTILE } });
    await status(page).getByText("complete").waitFor();

    expect(await page.locator("main").textContent()).toContain('"customer": "<img');
    expect(await page.locator("main img").count()).toBe(0);
    expect(await page.evaluate("globalThis.wasFooled")).toBeUndefined();
    expect(problems).toEqual([]);
  });

  it("is used without a mouse: a step is opened by its key", async () => {
    const { shop, page, open } = await anExplorer("/Shop/order-1");
    await shop.create({ id: "order-1", params: { customer: "Ada" } });
    await open();
    await step(page, "parcel-1").waitFor();

    await step(page, "reserve-1").focus();
    await page.keyboard.press("Enter");

    expect(await step(page, "reserve-1").getAttribute("aria-expanded")).toBe("true");
    await page.getByLabel("Step reserve-1").getByText('"reserved": "Ada"').waitFor();
  });
});

describe("the files of the explorer", () => {
  it("take nothing from elsewhere, and are sent again only when they have changed", async () => {
    const { url } = await anEngine();
    const first = await fetch(`${url}/cdn-cgi/explorer/main.js`);
    const etag = first.headers.get("etag")!;
    await first.text();

    const again = await fetch(`${url}/cdn-cgi/explorer/main.js`, { headers: { "if-none-match": etag } });

    expect(first.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(first.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(again.status).toBe(304);
  });

  it.each(["/", "/cdn-cgi/explorer"])("are led to from %s", async (path) => {
    const { url } = await anEngine();

    const response = await fetch(`${url}${path}`);

    expect(response.url).toBe(`${url}/cdn-cgi/explorer/`);
    expect(await response.text()).toContain("<title>Perdure</title>");
  });

  it.each(["none.js", "..%2fpages.ts", "%2e%2e/pages.ts", "page/index.html"])(
    "are those of the page alone, not %s",
    async (path) => {
      const { url } = await anEngine();

      expect((await fetch(`${url}/cdn-cgi/explorer/${path}`)).status).toBe(404);
    },
  );
});
