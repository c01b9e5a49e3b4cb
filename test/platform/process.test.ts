import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { clientsOf, http2Transport } from "../rpc/support/an-engine.ts";
import { Child } from "../support/child.ts";
import { freePort } from "../support/free-port.ts";

const MAIN = "services/engine/src/main.ts";
const SERVES = /"url":"([^"]+)".*engine serves/;

function anEngineProcess(...args: readonly string[]): Child {
  return Child.node(MAIN, ["--listen", "127.0.0.1:0", "--store", "memory:", ...args]);
}

/** How a process ends that ends by itself, and what it has printed by then. */
async function endOf(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const running = promisify(execFile)(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env } });
  const { stdout, stderr } = await running.catch((error: { stdout: string; stderr: string }) => error);
  return { code: running.child.exitCode, output: stdout + stderr };
}

function lastLine(output: string): unknown {
  return JSON.parse(output.trimEnd().split("\n").at(-1)!);
}

describe("an engine's process", () => {
  it("serves, drains at SIGTERM with a poll open, and ends with 0", async () => {
    await using engine = anEngineProcess();
    const [, url] = await engine.printed(SERVES);
    const { workers } = clientsOf(http2Transport(url!));
    const session = "session-of-a-test";
    const poll = workers.pollTasks({ session, workflows: ["greet"], slots: 1 });
    await workers.heartbeat({ session });

    expect(await engine.stop()).toBe(0);
    expect(await poll).toMatchObject({ tasks: [] });
    expect(engine.output).toMatch(/engine drains[^]*engine stopped/);
  });

  it("ends at once at the second signal, however long the first one takes", async () => {
    await using stubborn = Child.node("test/platform/fixtures/never-stops.ts", []);
    await stubborn.printed(/running/);
    const ended = stubborn.stop();
    await stubborn.printed(/stopping by SIGTERM/);

    await stubborn.stop();

    expect(await ended).toBe(128 + 15);
  });

  it("ends with 2 and one sentence when its command line is wrong", async () => {
    const { code, output } = await endOf(["--lease", "soon"]);

    expect(code).toBe(2);
    expect(output).toMatch(/^error: .*'soon' is invalid\. Give a duration such as "30 seconds", or milliseconds\.\n$/);
  });

  it("ends with 2 when a variable of its environment is wrong, and names it", async () => {
    const { code, output } = await endOf([], { PERDURE_STEP_LIMIT: "none" });

    expect(code).toBe(2);
    expect(output).toMatch(/PERDURE_STEP_LIMIT.*Give a whole number from 1 to 1000000/);
  });

  it("ends with 0 after it has shown its help", async () => {
    const { code, output } = await endOf(["--help"]);

    expect(code).toBe(0);
    expect(output).toMatch(/--store <url>[^]*PERDURE_STORE[^]*--drain-grace/);
  });

  it("ends with 1 and one sentence when its port is taken", async () => {
    const port = await freePort();
    await using first = anEngineProcess("--listen", `127.0.0.1:${port}`);
    await first.printed(SERVES);

    const { code, output } = await endOf(["--store", "memory:", "--listen", `127.0.0.1:${port}`]);

    expect(code).toBe(1);
    expect(lastLine(output)).toMatchObject({
      level: "fatal",
      why: `cannot listen on 127.0.0.1:${port}: another process listens there already`,
    });
  });

  it.each([
    ["the store's URL is none", ["--store", "postgres://somewhere/db"], /names no store: give memory:/],
    [
      "a certificate is missing",
      ["--tls-cert", "/nowhere/a", "--tls-key", "/nowhere/b"],
      /^cannot read \/nowhere\/[ab]:/,
    ],
  ])("ends with 1 and one sentence when %s", async (_what, args, sentence) => {
    const { code, output } = await endOf(args);

    expect(code).toBe(1);
    expect(lastLine(output)).toMatchObject({ level: "fatal", why: expect.stringMatching(sentence) });
  });

  it("logs for people when it is asked to", async () => {
    await using engine = anEngineProcess("--log-format", "pretty");

    const [line] = await engine.printed(/.*engine serves[^]*store: "memory"/);

    expect(line).toMatch(/INFO/);
    expect(await engine.stop()).toBe(0);
  });

  it("logs nothing when it is asked to", async () => {
    const port = await freePort();
    await using engine = anEngineProcess("--log-level", "silent", "--listen", `127.0.0.1:${port}`);
    const url = `http://127.0.0.1:${port}/readyz`;

    await expect
      .poll(
        () =>
          fetch(url)
            .then(({ ok }) => ok)
            .catch(() => false),
        { timeout: 30_000 },
      )
      .toBe(true);

    expect(await engine.stop()).toBe(0);
    expect(engine.output).toBe("");
  });
});
