import { create, type DescService } from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { createValidator, violationsToProto, type Violation } from "@bufbuild/protovalidate";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { createValidateInterceptor } from "@connectrpc/validate";
import { CommitTasksRequestSchema } from "perdure/proto/perdure/v1/worker_service_pb";
import { errorInfo, headerText } from "./errors.ts";

/** Violations that an answer tells: they travel in headers, and the first ones are what a person reads. */
const VIOLATIONS_TOLD_MAX = 10;

const patterns = new Map<string, RegExp>();

/** The rules that the protos state. */
export const rules = createValidator({
  // The patterns are ours, and linear: the platform's engine is many times faster than the library's RE2.
  regexMatch(pattern, against) {
    let compiled = patterns.get(pattern);
    if (compiled === undefined) patterns.set(pattern, (compiled = new RegExp(pattern, "u")));
    return compiled.test(against);
  },
});

const checkRules = createValidateInterceptor({ validator: rules });

/** Refuses requests that break a rule. CommitTasks looks at each commit for itself. */
export const ruleInterceptor: Interceptor = (next) => {
  const checked = checkRules(next);
  return (request) => (request.method.input === CommitTasksRequestSchema ? next(request) : checked(request));
};

/** What broken rules are answered with. */
export function violationsToError(violations: readonly Violation[]): ConnectError {
  const told = violations.slice(0, VIOLATIONS_TOLD_MAX);
  const [value, desc] = violationsToProto(told);
  const field = told[0] === undefined ? "" : fieldOf(told[0]);
  const message = headerText(told.map(violationText).join("; "));
  return new ConnectError(message, Code.InvalidArgument, {}, [errorInfo("INVALID_FIELD", { field }), { desc, value }]);
}

export function violationText(violation: Violation): string {
  return `${fieldOf(violation)}: ${violation.message}`;
}

export function fieldOf({ field }: Violation): string {
  return pathToString(field);
}

/** Compiles the rules of each request now, so that the first calls need not. */
export function warmUpRules(services: readonly DescService[]): void {
  for (const { methods } of services) {
    for (const { input } of methods) rules.validate(input, create(input));
  }
}
