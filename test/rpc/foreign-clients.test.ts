import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { credentials, loadPackageDefinition, status, type Metadata, type ServiceError } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { ErrorInfoSchema } from "perdure/proto/google/rpc/error_details_pb";
import { StatusSchema } from "perdure/proto/google/rpc/status_pb";
import { describe, expect, it, onTestFinished } from "vitest";
import { anEngine } from "./support/an-engine.ts";

const ROOT = join(import.meta.dirname, "../..");
const run = promisify(execFile);

type Call = (request: object, done: (error: ServiceError | null, response: object) => void) => void;
type Stream = (request: object) => AsyncIterable<object>;
type ForeignClient = Readonly<Record<string, Call>> & { close(): void };
type Constructor = new (address: string, channel: ReturnType<typeof credentials.createInsecure>) => ForeignClient;

/** A client that knows nothing of ours but the proto files, read at run time. */
function foreignClient(service: string, host: string): ForeignClient {
  const files = ["perdure/v1/workflow_service.proto", "perdure/v1/worker_service.proto"];
  const includeDirs = [join(ROOT, "proto"), join(ROOT, "third_party/proto")];
  const definition = loadSync(files, { includeDirs, longs: Number, enums: String, oneofs: true });
  const loaded = loadPackageDefinition(definition) as unknown as { perdure: { v1: Record<string, Constructor> } };
  const client = new loaded.perdure.v1[service]!(host, credentials.createInsecure());
  onTestFinished(() => client.close());
  return client;
}

function call(client: ForeignClient, method: string, request: object): Promise<object> {
  return new Promise((resolve, reject) => {
    client[method]!.call(client, request, (error, response) => (error === null ? resolve(response) : reject(error)));
  });
}

describe("grpc-js with the proto files", () => {
  it("creates, works on and watches an instance", async () => {
    const { address } = await anEngine();
    const workflows = foreignClient("WorkflowService", `127.0.0.1:${address.port}`);
    const workers = foreignClient("WorkerService", `127.0.0.1:${address.port}`);
    const ref = { workflow: "greet", instanceId: "a" };
    const session = "a-foreign-session";

    await call(workflows, "createInstance", { workflow: "greet", instance: { instanceId: "a" } });
    const { tasks } = (await call(workers, "pollTasks", { session, workflows: ["greet"], slots: 1 })) as {
      readonly tasks: readonly { readonly lease: object; readonly params: object }[];
    };
    expect(tasks).toMatchObject([{ run: 1, params: { content: "json", json: "{}" } }]);
    const output = { cbor: Buffer.from([0xf6]) };
    const operations = [{ completeInstance: { output } }];
    const commits = [{ lease: tasks[0]!.lease, sequence: 1, operations }];
    expect(await call(workers, "commitTasks", { session, commits })).toMatchObject({
      results: [{ outcome: "accepted", accepted: { leaseState: "LEASE_STATE_FINISHED" } }],
    });

    expect(await call(workflows, "getInstance", { ref })).toMatchObject({
      instance: { status: "INSTANCE_STATUS_COMPLETE", output: { cbor: Buffer.from([0xf6]) } },
    });
    const watch = workflows["watchInstance"] as unknown as Stream;
    const watched = await Array.fromAsync(watch.call(workflows, { ref }));
    expect(watched).toMatchObject([
      { status: "INSTANCE_STATUS_RUNNING" },
      { status: "INSTANCE_STATUS_COMPLETE", record: { entries: [{ entry: "instanceCompleted" }] } },
    ]);
  });

  it("finds the reason of a refusal among its details", async () => {
    const { address } = await anEngine();
    const workflows = foreignClient("WorkflowService", `127.0.0.1:${address.port}`);

    const refused = call(workflows, "getInstance", { ref: { workflow: "greet", instanceId: "nobody" } });

    const error = await refused.then(
      () => expect.unreachable(),
      (thrown: ServiceError) => thrown,
    );
    expect(error.code).toBe(status.NOT_FOUND);
    expect(reasonIn(error.metadata)).toBe("INSTANCE_NOT_FOUND");
  });

  it("is told that a method does not exist, not left waiting", async () => {
    const { address } = await anEngine();
    const workflows = foreignClient("WorkflowService", `127.0.0.1:${address.port}`);
    const raw = workflows as unknown as {
      makeUnaryRequest(
        path: string,
        to: (b: Buffer) => Buffer,
        from: (b: Buffer) => Buffer,
        request: Buffer,
        done: (error: ServiceError | null) => void,
      ): void;
    };

    const error = await new Promise<ServiceError | null>((resolve) => {
      raw.makeUnaryRequest(
        "/perdure.v1.WorkflowService/DropAll",
        (b) => b,
        (b) => b,
        Buffer.alloc(0),
        resolve,
      );
    });

    expect(error).toMatchObject({ code: status.UNIMPLEMENTED });
  });
});

function reasonIn(metadata: Metadata): string | undefined {
  const [bytes] = metadata.get("grpc-status-details-bin");
  const { details } = fromBinary(StatusSchema, bytes as Buffer);
  return details.map((detail) => anyUnpack(detail, ErrorInfoSchema)).find((info) => info !== undefined)?.reason;
}

describe("buf curl by reflection", () => {
  it.each(["grpc", "grpcweb", "connect"])("calls by %s without any proto file", async (protocol) => {
    const { url } = await anEngine();
    const args = ["curl", "--http2-prior-knowledge", "--protocol", protocol];

    const { stdout } = await run(
      "node_modules/.bin/buf",
      [...args, "-d", `{"workflow":"greet"}`, `${url}/perdure.v1.WorkflowService/CreateInstance`],
      { cwd: ROOT },
    );

    expect(JSON.parse(stdout)).toMatchObject({ instance: { ref: { workflow: "greet" } } });
  });

  it("lists every service", async () => {
    const { url } = await anEngine();

    const { stdout } = await run("node_modules/.bin/buf", ["curl", "--http2-prior-knowledge", "--list-services", url], {
      cwd: ROOT,
    });

    expect(stdout.trim().split("\n").toSorted()).toEqual([
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      "perdure.v1.WorkerService",
      "perdure.v1.WorkflowService",
    ]);
  });
});
