import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../support/free-port.ts";
import { perdure } from "./support/perdure.ts";

const VERBS = ["create W", "list", "describe W latest", "watch W i", "send-event W i --type t", "pause W i"];

describe("without an engine", () => {
  it.each(VERBS)("instances %s ends with 3 and says how to start one", async (verb) => {
    const engine = `http://127.0.0.1:${await freePort()}`;
    const ended = await perdure(["instances", ...verb.split(" "), "--engine", engine]);
    expect(ended).toEqual({
      code: 3,
      stdout: "",
      stderr: `perdure: no engine answers at ${engine}; start one with \`perdure server\`, or name another with --engine\n`,
    });
  });

  it("programs get a reason", async () => {
    const address = `http://127.0.0.1:${await freePort()}`;
    const { code, stderr } = await perdure(["instances", "list", "--json"], { env: { PERDURE_ENGINE: address } });
    expect(code).toBe(3);
    expect(JSON.parse(stderr)).toEqual({
      error: { reason: "ENGINE_UNREACHABLE", message: expect.stringContaining(address), metadata: { address } },
    });
  });
});

describe("where something else answers", () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => server.close());

  it("a command ends with 3 and says so", async () => {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stderr } = await perdure(["instances", "list", "--engine", address]);
    expect(code).toBe(3);
    expect(stderr).toMatch(new RegExp(`^perdure: (no engine answers at|what answers at) ${address}`));
  });
});

describe("a command line that cannot be read", () => {
  it.each([
    [[], /^Usage: perdure/],
    [["instances"], /^Usage: perdure instances/],
    [["instnces"], /unknown command 'instnces'[\s\S]*Did you mean instances/],
    [["instances", "create"], /missing required argument 'workflow'/],
    [["instances", "create", "W", "--params", "{"], /'--params <json>' argument '\{' is invalid. It is not JSON/],
    [["instances", "create", "W", "--params", "@no-such-file"], /It cannot be read: ENOENT/],
    [["instances", "describe", "W"], /missing required argument 'id'/],
    [["instances", "describe", "W", "i", "more"], /too many arguments/],
    [["instances", "list", "--limit", "0"], /Give a whole number from 1 to/],
    [["instances", "list", "--status", "done"], /Allowed choices are queued, running, waiting, waitingForPause/],
    [["instances", "list", "--engine", "localhost:7070"], /Give an http or https URL/],
    [["instances", "send-event", "W", "i"], /required option '--type <type>' not specified/],
    [["instances", "list", "--colour"], /unknown option '--colour'/],
    [["worker"], /this folder, nor one above it, has no wrangler\.json/],
    [["worker", "m.ts", "--slots", "many"], /Give a whole number from 1 to 10000/],
    [["worker", "m.ts", "--grace", "soon"], /Give a duration such as "30 seconds"/],
    [["server", "--listen", "here"], /Give host:port/],
    [["dev", "m.ts", "--log-level", "loud"], /Allowed choices are debug, info/],
  ])("ends with 2 and says what is wrong: perdure %j", async (args, text) => {
    const { code, stdout, stderr } = await perdure(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(text);
  });

  it("is none where help is asked for", async () => {
    const { code, stdout } = await perdure(["instances", "list", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: perdure instances list/);
  });
});
