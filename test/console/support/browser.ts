import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

/** Where a browser is, if there is one: PERDURE_CHROMIUM, or what Debian installs. */
const CANDIDATES = [process.env["PERDURE_CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser"];

export const BROWSER_PATH: string | undefined = CANDIDATES.find((path) => path !== undefined && existsSync(path));

/** Whether tests of pages are left out: no browser is here, and nobody said that there must be one. */
export const HAS_NO_BROWSER = BROWSER_PATH === undefined && process.env["CI"] === undefined;

/** @throws {Error} with a sentence when there is no browser. */
export function openBrowser(): Promise<Browser> {
  if (BROWSER_PATH === undefined) throw new Error("No chromium is here: install it, or name it in PERDURE_CHROMIUM.");
  return chromium.launch({ executablePath: BROWSER_PATH, args: ["--no-sandbox", "--disable-gpu"] });
}
