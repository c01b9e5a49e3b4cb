import { Code, type ConnectRouter } from "@connectrpc/connect";
import { ServerReflection as ReflectionV1 } from "perdure/proto/grpc/reflection/v1/reflection_pb";
import { ServerReflection as ReflectionV1Alpha } from "perdure/proto/grpc/reflection/v1alpha/reflection_pb";
import { encodedFiles, type ReflectedFiles } from "./reflected-files.ts";

/** What both versions of the protocol ask. */
type Question =
  | {
      readonly case: "fileByFilename" | "fileContainingSymbol" | "allExtensionNumbersOfType" | "listServices";
      readonly value: string;
    }
  | { readonly case: "fileContainingExtension"; readonly value: ExtensionName }
  | { readonly case: undefined };

type ExtensionName = { readonly containingType: string; readonly extensionNumber: number };

type Answer =
  | { case: "fileDescriptorResponse"; value: { fileDescriptorProto: Uint8Array[] } }
  | { case: "allExtensionNumbersResponse"; value: { baseTypeName: string; extensionNumber: number[] } }
  | { case: "listServicesResponse"; value: { service: { name: string }[] } }
  | { case: "errorResponse"; value: { errorCode: number; errorMessage: string } };

/** Server reflection, for tools that come without our protos; v1alpha is what older ones speak. */
export function reflectionRoutes(router: ConnectRouter, files: ReflectedFiles): void {
  router.service(ReflectionV1, { serverReflectionInfo: (requests) => answers(requests, files) });
  router.service(ReflectionV1Alpha, { serverReflectionInfo: (requests) => answers(requests, files) });
}

async function* answers<Request extends { readonly host: string; readonly messageRequest: Question }>(
  requests: AsyncIterable<Request>,
  files: ReflectedFiles,
) {
  for await (const request of requests) {
    const messageResponse = answer(request.messageRequest, files);
    yield { validHost: request.host, originalRequest: request, messageResponse };
  }
}

function answer(question: Question, files: ReflectedFiles): Answer {
  switch (question.case) {
    case "fileByFilename":
      return fileAnswer(files.byName(question.value));
    case "fileContainingSymbol":
      return fileAnswer(files.bySymbol(question.value));
    case "fileContainingExtension":
      return fileAnswer(files.byExtension(question.value.containingType, question.value.extensionNumber));
    case "allExtensionNumbersOfType": {
      const numbers = files.extensionNumbers(question.value);
      if (numbers === undefined) return refusal(Code.NotFound, "there is no such message here");
      const value = { baseTypeName: question.value, extensionNumber: [...numbers] };
      return { case: "allExtensionNumbersResponse", value };
    }
    case "listServices":
      return { case: "listServicesResponse", value: { service: files.services.map((name) => ({ name })) } };
    case undefined:
      return refusal(Code.InvalidArgument, "the request asks nothing");
  }
}

function fileAnswer(file: ReturnType<ReflectedFiles["byName"]>): Answer {
  if (file === undefined) return refusal(Code.NotFound, "there is no such file, symbol or extension here");
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto: encodedFiles(file) } };
}

function refusal(errorCode: Code, errorMessage: string): Answer {
  return { case: "errorResponse", value: { errorCode, errorMessage } };
}
