import { Code, ConnectError } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  QuotaFailureSchema,
  RetryInfoSchema,
} from "perdure/proto/google/rpc/error_details_pb";
import { ViolationsSchema } from "perdure/proto/buf/validate/validate_pb";
import { describe, expect, it, vi } from "vitest";
import type { Log } from "../../services/engine/src/app/log.ts";
import { EngineError, type ErrorReason } from "../../services/engine/src/domain/errors.ts";
import { clientsOf, http2Transport, SILENT } from "./support/an-engine.ts";
import { aServer } from "./support/a-server.ts";

const REF = { workflow: "greet", instanceId: "a" };

const CODES = {
  INVALID_FIELD: Code.InvalidArgument,
  INSTANCE_NOT_FOUND: Code.NotFound,
  INSTANCE_EXISTS: Code.AlreadyExists,
  INVALID_TRANSITION: Code.FailedPrecondition,
  JOURNAL_MISMATCH: Code.FailedPrecondition,
  JOURNAL_CONFLICT: Code.Aborted,
  STEP_NOT_FOUND: Code.NotFound,
  BLOB_NOT_FOUND: Code.NotFound,
  WORKFLOW_NOT_FOUND: Code.NotFound,
  LEASE_LOST: Code.Aborted,
  SESSION_LOST: Code.Aborted,
  LIMIT_EXCEEDED: Code.ResourceExhausted,
  STORE_UNAVAILABLE: Code.Unavailable,
  SHUTTING_DOWN: Code.Unavailable,
  CORRUPT_DOCUMENT: Code.DataLoss,
} as const satisfies Record<ErrorReason, Code>;

async function refusedWith(thrown: unknown, transport = http2Transport): Promise<ConnectError> {
  const get = () => Promise.reject(thrown);
  const { url } = await aServer({ callers: { get } });
  return thrownBy(clientsOf(transport(url)).workflows.getInstance({ ref: REF }));
}

function thrownBy(call: Promise<unknown>): Promise<ConnectError> {
  return call.then(
    () => expect.unreachable("the call succeeded"),
    (error: unknown) => ConnectError.from(error),
  );
}

describe("a refusal", () => {
  it.each(Object.entries(CODES))("for %s has its code, and its reason in ErrorInfo", async (reason, code) => {
    const error = await refusedWith(new EngineError(reason as ErrorReason, "because", { attempt: "2" }));

    expect(error).toMatchObject({ code, rawMessage: "because" });
    expect(error.findDetails(ErrorInfoSchema)).toMatchObject([
      { reason, domain: "perdure", metadata: { attempt: "2" } },
    ]);
  });

  it.each([
    ["Connect", (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
    ["gRPC", (baseUrl: string) => createGrpcTransport({ baseUrl })],
    ["gRPC-Web", (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "2" })],
  ])("arrives whole by %s", async (_name, transport) => {
    const refusal = new EngineError("LEASE_LOST", `the lease of "schön" has passed on`, { epoch: "3" });

    const error = await refusedWith(refusal, transport);

    expect(error).toMatchObject({ code: Code.Aborted, rawMessage: refusal.message });
    expect(error.findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "LEASE_LOST", metadata: { epoch: "3" } }]);
  });

  it("names the field that is wrong, in BadRequest", async () => {
    const error = await refusedWith(new EngineError("INVALID_FIELD", "no such page", { field: "page_token" }));

    expect(error.findDetails(BadRequestSchema)).toMatchObject([
      { fieldViolations: [{ field: "page_token", description: "no such page" }] },
    ]);
  });

  it("says which limit it is, in QuotaFailure", async () => {
    const error = await refusedWith(new EngineError("LIMIT_EXCEEDED", "too many steps", { limitSteps: "10" }));

    expect(error.findDetails(QuotaFailureSchema)).toMatchObject([{ violations: [{ description: "too many steps" }] }]);
    expect(error.findDetails(ErrorInfoSchema)).toMatchObject([{ metadata: { limitSteps: "10" } }]);
  });

  it("of a limit says when to try again where that helps, and only there", async () => {
    const later = await refusedWith(new EngineError("LIMIT_EXCEEDED", "too many", { retryDelayMs: "1250" }));
    const never = await refusedWith(new EngineError("LIMIT_EXCEEDED", "too large", { limitBytes: "10" }));

    expect(later.findDetails(QuotaFailureSchema)).toHaveLength(1);
    expect(later.findDetails(RetryInfoSchema)).toMatchObject([{ retryDelay: { seconds: 1n, nanos: 250_000_000 } }]);
    expect(never.findDetails(RetryInfoSchema)).toEqual([]);
  });

  it.each(["STORE_UNAVAILABLE", "SHUTTING_DOWN"] as const)("for %s says when to try again", async (reason) => {
    const error = await refusedWith(new EngineError(reason, "not now"));

    expect(error.findDetails(RetryInfoSchema)).toMatchObject([{ retryDelay: { seconds: 1n } }]);
  });

  it("carries texts that no header could: halves of characters, and more than headers hold", async () => {
    const error = await refusedWith(
      new EngineError("INVALID_FIELD", `\ud800${"ü".repeat(100_000)}`, { field: "\udfff" }),
    );

    expect(error.code).toBe(Code.InvalidArgument);
    expect(error.rawMessage.length).toBeLessThanOrEqual(1_000);
  });

  it("ends a stream as it ends a call", async () => {
    const refusal = new EngineError("INSTANCE_NOT_FOUND", "no such instance");
    const { url } = await aServer({
      callers: {
        watch: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(refusal) }) }),
      },
    });

    const error = await thrownBy(Array.fromAsync(clientsOf(http2Transport(url)).workflows.watchInstance({ ref: REF })));

    expect(error.code).toBe(Code.NotFound);
    expect(error.findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "INSTANCE_NOT_FOUND" }]);
  });
});

describe("a bug", () => {
  it("is told to the log, and not to the caller", async () => {
    const bug = new TypeError("cannot read properties of the password file");
    const log = { ...SILENT, debug() {}, info() {}, warn() {}, error: vi.fn<Log["error"]>() };
    const { url } = await aServer({ callers: { get: () => Promise.reject(bug) }, log });

    const error = await thrownBy(clientsOf(http2Transport(url)).workflows.getInstance({ ref: REF }));

    expect(error).toMatchObject({ code: Code.Internal, rawMessage: "internal error", details: [] });
    expect(log.error).toHaveBeenCalledWith(
      { rpc: "perdure.v1.WorkflowService/GetInstance", error: bug },
      "call failed unexpectedly",
    );
  });

  it("in an answer that cannot be encoded is one as well", async () => {
    const log = { debug() {}, info() {}, warn() {}, error: vi.fn<Log["error"]>() };
    const journal = async () => ({ records: [], run: -1, position: 0.5 });
    const { url } = await aServer({ callers: { journal }, log });

    const error = await thrownBy(clientsOf(http2Transport(url)).workflows.getJournal({ ref: REF }));

    expect(error).toMatchObject({ code: Code.Internal, rawMessage: "internal error" });
    expect(log.error).toHaveBeenCalledWith(expect.anything(), "response could not be encoded");
  });
});

describe("a request that breaks a rule of the protos", () => {
  it("is refused with the rule and with a reason", async () => {
    const { url } = await aServer();

    const error = await thrownBy(
      clientsOf(http2Transport(url)).workflows.createInstance({ workflow: "no such name!" }),
    );

    expect(error.code).toBe(Code.InvalidArgument);
    expect(error.findDetails(ErrorInfoSchema)).toMatchObject([
      { reason: "INVALID_FIELD", metadata: { field: "workflow" } },
    ]);
    expect(error.findDetails(ViolationsSchema)).toMatchObject([{ violations: [{ ruleId: "string.pattern" }] }]);
  });

  it("is told the first ten of a thousand violations: more would not fit the headers", async () => {
    const { url } = await aServer();
    const workflows = Array.from({ length: 100 }, (_, index) => `! ${index}`);

    const error = await thrownBy(
      clientsOf(createGrpcTransport({ baseUrl: url })).workers.pollTasks({ session: "session-a", workflows }),
    );

    expect(error.code).toBe(Code.InvalidArgument);
    expect(error.findDetails(ViolationsSchema)[0]?.violations).toHaveLength(10);
  });
});
