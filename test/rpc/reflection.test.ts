import { create, createFileRegistry, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema, type FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import {
  ServerReflection as V1,
  type ServerReflectionRequestSchema,
  type ServerReflectionResponse,
} from "perdure/proto/grpc/reflection/v1/reflection_pb";
import { ServerReflection as V1Alpha } from "perdure/proto/grpc/reflection/v1alpha/reflection_pb";
import { WorkflowService } from "perdure/proto/perdure/v1/workflow_service_pb";
import { describe, expect, it } from "vitest";
import { aServer } from "./support/a-server.ts";

type Question = NonNullable<MessageInitShape<typeof ServerReflectionRequestSchema>["messageRequest"]>;

async function ask(...questions: readonly Question[]): Promise<ServerReflectionResponse["messageResponse"][]> {
  const client = createClient(V1, createGrpcTransport({ baseUrl: (await aServer()).url }));
  async function* requests() {
    for (const messageRequest of questions) yield { host: "here", messageRequest };
  }
  return Array.fromAsync(client.serverReflectionInfo(requests()), ({ messageResponse }) => messageResponse);
}

function filesIn(answer: ServerReflectionResponse["messageResponse"] | undefined): readonly FileDescriptorProto[] {
  if (answer?.case !== "fileDescriptorResponse") throw new Error(`no files: ${answer?.case}`);
  return answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
}

/** A file after all that it imports. */
function inOrder(name: string, files: ReadonlyMap<string, FileDescriptorProto>, seen = new Set<FileDescriptorProto>()) {
  const file = files.get(name);
  if (file === undefined) throw new Error(`${name} was not sent`);
  for (const imported of file.dependency) inOrder(imported, files, seen);
  return seen.add(file);
}

describe("reflection", () => {
  it.each([
    ["a service", "perdure.v1.WorkerService", "perdure/v1/worker_service.proto"],
    ["a method", "perdure.v1.WorkerService.PollTasks", "perdure/v1/worker_service.proto"],
    ["a message", "perdure.v1.Payload", "perdure/v1/payload.proto"],
    ["a field", "perdure.v1.Payload.json", "perdure/v1/payload.proto"],
    ["an enum inside a message", "grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc/health/v1/health.proto"],
  ])("finds the file of %s", async (_what, symbol, file) => {
    const [answer] = await ask({ case: "fileContainingSymbol", value: symbol });

    expect(filesIn(answer).map(({ name }) => name)).toContain(file);
  });

  it("sends all that a file needs to be understood by itself", async () => {
    const [answer] = await ask({ case: "fileByFilename", value: "perdure/v1/workflow_service.proto" });

    const files = new Map(filesIn(answer).map((file) => [file.name, file]));
    const file = [...inOrder("perdure/v1/workflow_service.proto", files)];
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file }));
    expect(registry.getService("perdure.v1.WorkflowService")?.methods).toHaveLength(WorkflowService.methods.length);
  });

  it("knows extensions by number", async () => {
    const answers = await ask(
      {
        case: "fileContainingExtension",
        value: { containingType: "google.protobuf.FieldOptions", extensionNumber: 1159 },
      },
      { case: "allExtensionNumbersOfType", value: "google.protobuf.FieldOptions" },
    );

    expect(filesIn(answers[0])).toContainEqual(expect.objectContaining({ name: "buf/validate/validate.proto" }));
    expect(answers[1]).toMatchObject({
      case: "allExtensionNumbersResponse",
      value: { extensionNumber: expect.arrayContaining([1159]) },
    });
  });

  it.each<Question>([
    { case: "fileByFilename", value: "../../etc/passwd" },
    { case: "fileContainingSymbol", value: "" },
    { case: "fileContainingSymbol", value: "perdure.v1.Nothing" },
    { case: "fileContainingExtension", value: { containingType: "perdure.v1.Payload", extensionNumber: -1 } },
    { case: "allExtensionNumbersOfType", value: "perdure.v1.Nothing" },
    { case: undefined },
  ])("says in its own way that there is no answer to %j, and goes on", async (question) => {
    const answers = await ask(question, { case: "listServices", value: "" });

    expect(answers).toMatchObject([{ case: "errorResponse" }, { case: "listServicesResponse" }]);
  });

  it("is spoken in its older version too", async () => {
    const client = createClient(V1Alpha, createGrpcTransport({ baseUrl: (await aServer()).url }));
    async function* requests() {
      yield { host: "here", messageRequest: { case: "fileContainingSymbol" as const, value: "perdure.v1.Payload" } };
    }

    const answers = await Array.fromAsync(client.serverReflectionInfo(requests()));

    expect(answers).toMatchObject([{ validHost: "here", messageResponse: { case: "fileDescriptorResponse" } }]);
  });
});
