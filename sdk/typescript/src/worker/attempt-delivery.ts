import type { AttemptEnd } from "./attempt.ts";
import type { Delivery } from "./journal-view.ts";
import type { StartStep } from "./operation.ts";

/** What is to be reported of an attempt that has ended, and what `run` is to see of it. */
export function deliveryOf({ key, attempt }: StartStep, end: AttemptEnd): Delivery {
  switch (end.kind) {
    case "returned": {
      const { output } = end;
      const operations = [{ kind: "completeStep", key, attempt, output }] as const;
      return { key, outcome: { kind: "returned", output }, operations };
    }
    case "threw": {
      const { failure, final, retryDelayMs } = end;
      const operations = [{ kind: "failStep", key, attempt, failure, final, retryDelayMs }] as const;
      return { key, outcome: final ? { kind: "threw", failure } : null, operations };
    }
    case "unserialisable": {
      const { failure } = end;
      const failStep = { kind: "failStep", key, attempt, failure, final: true, retryDelayMs: null } as const;
      return { key, outcome: null, operations: [failStep, { kind: "failInstance", failure }] };
    }
  }
}
