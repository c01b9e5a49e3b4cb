import { gzipSync } from "node:zlib";
import { toJson, type DescMethod, type Message } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import * as fc from "fast-check";
import { ErrorInfoSchema } from "perdure/proto/google/rpc/error_details_pb";
import type { CommitTasksResponse } from "perdure/proto/perdure/v1/worker_service_pb";
import { WorkerService } from "perdure/proto/perdure/v1/worker_service_pb";
import { WorkflowService } from "perdure/proto/perdure/v1/workflow_service_pb";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startEngine, type RunningEngine } from "../../services/engine/src/engine.ts";
import { clientsOf, http2Transport } from "../rpc/support/an-engine.ts";
import { runAStory, STORY } from "../rpc/support/a-story.ts";
import { fieldPaths, pathText, withField, withJsonField } from "../rpc/support/field-paths.ts";
import { hostileValues, WRONG_JSON } from "../rpc/support/hostile-values.ts";
import { HonestRequests, plausible } from "../rpc/support/plausible.ts";
import { rawCall, type RawAnswer } from "../rpc/support/raw-call.ts";
import { RecordingLog } from "../rpc/support/recording-log.ts";

// Thousands of calls, some of them of megabytes.
vi.setConfig({ testTimeout: 120_000 });

const METHODS: readonly DescMethod[] = [...WorkflowService.methods, ...WorkerService.methods];

/** Goes on until its caller leaves. */
const ENDLESS: DescMethod = WorkflowService.method.watchWorkflows;

/** Longer than the time after which a test would give up: a call that hangs is one that this ends. */
const CALL_MS_MAX = 5_000;

/** Codes that a caller cannot act on, or that mean that nobody answered. */
const NO_ANSWERS: readonly Code[] = [Code.Internal, Code.Unknown, Code.DeadlineExceeded, Code.Canceled];

const CALLS_AT_ONCE = 8;

const log = new RecordingLog();
let engine: RunningEngine;
let honest: HonestRequests;

beforeAll(async () => {
  engine = await startEngine({ store: "memory:", port: 0, drainGraceMs: 1_000, leaseMs: 3_600_000 }, log.logger);
  honest = new HonestRequests(clientsOf(http2Transport(engine.url)));
});

afterAll(() => engine.close());

type AnyClient = Readonly<
  Record<string, (request: Message, options: object) => Promise<Message> | AsyncIterable<Message>>
>;

/** What is wrong with an answer; undefined when it is one: a success, or a refusal with a reason. */
async function faultOf(client: AnyClient, method: DescMethod, request: Message): Promise<string | undefined> {
  const heard = new AbortController();
  try {
    const answer = client[method.localName]!(request, { timeoutMs: CALL_MS_MAX, signal: heard.signal });
    const response = answer instanceof Promise ? await answer : await wordsOf(answer, method);
    if (method === WorkerService.method.commitTasks) return faultOfResults(response as CommitTasksResponse);
    return undefined;
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    if (NO_ANSWERS.includes(error.code)) return `is answered with ${error.message}`;
    const [info] = error.findDetails(ErrorInfoSchema);
    return info?.domain === "perdure" && info.reason !== "" ? undefined : `has no reason: ${error.message}`;
  } finally {
    heard.abort();
  }
}

/** All that a stream says; of one that does not end by itself the first word. */
async function wordsOf(answer: AsyncIterable<Message>, method: DescMethod): Promise<readonly Message[]> {
  const words: Message[] = [];
  for await (const word of answer) {
    words.push(word);
    if (method === ENDLESS) break;
  }
  return words;
}

function faultOfResults({ results }: CommitTasksResponse): string | undefined {
  const [result] = results;
  if (result?.outcome.case === "accepted") return undefined;
  return result?.outcome.case === "refused" && result.outcome.value.reason !== "" ? undefined : "has no result";
}

function faultOfRaw({ status, error }: RawAnswer): string | undefined {
  if (error === null) return status === 200 ? undefined : `is answered with ${status} and nothing`;
  if (["internal", "unknown", "deadline_exceeded"].includes(error.code)) return `is ${error.code}`;
  return error.reasons.length === 1 ? undefined : `has no reason: ${error.code}`;
}

/** Makes some calls at a time, and gathers what is wrong with their answers. */
async function faultsOf<T>(cases: readonly T[], check: (each: T) => Promise<string | undefined>): Promise<string[]> {
  const faults: string[] = [];
  const waiting = cases.values();
  const worker = async (): Promise<void> => {
    for (const each of waiting) {
      const fault = await check(each);
      if (fault !== undefined) faults.push(fault);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, worker));
  return faults;
}

describe("hostile values in every field of every request", () => {
  it.each(METHODS.map((method) => [`${method.parent.name}/${method.name}`, method] as const))(
    "are answered by %s with a result or a reason",
    async (_name, method) => {
      const transport = createGrpcTransport({ baseUrl: engine.url });
      const client = createClient(method.parent, transport) as unknown as AnyClient;
      const cases = [...fieldPaths(method.input)].flatMap((path) =>
        hostileValues(path.at(-1)!).map((value, index) => ({ path, value, index })),
      );

      const faults = await faultsOf(cases, async ({ path, value, index }) => {
        const request = withField(method.input, await honest.of(method.input), path, value, plausible);
        const fault = await faultOf(client, method, request);
        return fault && `${pathText(path)} with hostile value ${index} ${fault}`;
      });

      expect(faults).toEqual([]);
    },
  );

  it.each(METHODS.map((method) => [`${method.parent.name}/${method.name}`, method] as const))(
    "are answered by %s when they are of another type",
    async (_name, method) => {
      const request = toJson(method.input, await honest.of(method.input)) as object;
      const cases = [...fieldPaths(method.input)].flatMap((path) => WRONG_JSON.map((json) => ({ path, json })));

      const faults = await faultsOf(cases, async ({ path, json }) => {
        const body = JSON.stringify(withJsonField(request, path, "@hostile@")).replace(`"@hostile@"`, () => json);
        const fault = faultOfRaw(
          await rawCall(engine.url, method, body, { "connect-timeout-ms": String(CALL_MS_MAX) }),
        );
        return fault && `${pathText(path)} as ${json.slice(0, 40)} ${fault}`;
      });

      expect(faults).toEqual([]);
    },
  );
});

describe("bodies that are no request", () => {
  const isUnary = ({ methodKind }: DescMethod) => methodKind === "unary";
  const big = Buffer.alloc(17 * 1_048_576, " ");
  const proto = { "content-type": "application/proto" };
  const groups = Buffer.alloc(200_000, 0x0b);

  it.each<[string, string | Uint8Array, Record<string, string>?]>([
    ["nothing", ""],
    ["no JSON", "{"],
    ["a JSON null", "null"],
    ["a JSON list", "[]"],
    ["bytes that are no text", Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ["17 MiB", big],
    ["17 MiB that were 17 KiB", gzipSync(big), { "content-encoding": "gzip" }],
    ["what is not compressed, but says so", "{}", { "content-encoding": "gzip" }],
    ["an encoding that nobody knows", "{}", { "content-encoding": "zip" }],
    ["a deadline that is none", "{}", { "connect-timeout-ms": "soon" }],
    ["protobuf that ends too early", Buffer.from([0x0a, 0xff, 0xff]), proto],
    ["protobuf with a text that is none", Buffer.from([0x12, 0x02, 0xc3, 0x28]), proto],
    ["protobuf with groups in groups", groups, proto],
  ])("are answered with a reason: %s", async (_what, body, headers) => {
    const methods = body.length > 1_000_000 ? METHODS.slice(0, 1) : METHODS.filter(isUnary);

    const faults = await faultsOf(methods, async (method) => {
      const fault = faultOfRaw(await rawCall(engine.url, method, body, headers));
      return fault && `${method.name} ${fault}`;
    });

    expect(faults).toEqual([]);
  });

  it("are answered with a reason whatever bytes they are", async () => {
    const methods = METHODS.filter((method) => method !== ENDLESS);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...methods), async (bytes, method) => {
        const type = method.methodKind === "unary" ? "application/proto" : "application/connect+proto";
        expect(faultOfRaw(await rawCall(engine.url, method, bytes, { "content-type": type }))).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

describe("after all this", () => {
  it("no call has failed unexpectedly", () => {
    expect(log.errors).toEqual([]);
  });

  it("every instance and every journal can be read, in JSON too", async () => {
    const { workflows } = clientsOf(createGrpcTransport({ baseUrl: engine.url, useBinaryFormat: false }));
    let read = 0;
    for (let pageToken = "", more = true; more; more = pageToken !== "") {
      const page = await workflows.listInstances({ pageToken, pageSize: 1_000 });
      await faultsOf(page.instances, async ({ ref }) => {
        await workflows.getJournal({ ref: ref! });
        if (!ref!.workflow.startsWith("leased-")) await workflows.getInstance({ ref: ref! });
        return undefined;
      });
      read += page.instances.length;
      pageToken = page.nextPageToken;
    }

    expect(read).toBeGreaterThan(500);
  });

  it("an honest story goes as ever", async () => {
    expect(await runAStory(http2Transport(engine.url), "another-greet")).toEqual(STORY);
  });
});
