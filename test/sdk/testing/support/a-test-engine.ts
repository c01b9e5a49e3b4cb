import { onTestFinished } from "vitest";
import type { WorkflowInstanceEvent } from "../../../../sdk/typescript/src/client.ts";
import {
  createTestEngine,
  introspectWorkflow,
  introspectWorkflowInstance,
  type TestEngine,
  type TestEngineOptions,
} from "../../../../sdk/typescript/src/testing.ts";
import { SILENT } from "../../worker/support/memory-engine.ts";
import { type Script, workflow } from "../../worker/support/world.ts";

/** A test engine that runs one workflow, and is closed when the test is over. */
export class ATestEngine {
  readonly engine: TestEngine;

  constructor(engine: TestEngine) {
    this.engine = engine;
  }

  get binding() {
    return this.engine.workflow("w");
  }

  /** Looks into the instance "i". */
  introspect(id = "i") {
    return introspectWorkflowInstance(this.binding, id);
  }

  introspectAll() {
    return introspectWorkflow(this.binding);
  }

  create(id = "i", params?: unknown) {
    return this.binding.create({ id, params });
  }

  async status(id = "i"): Promise<string> {
    return (await (await this.binding.get(id)).status()).status;
  }

  async result(id = "i"): Promise<unknown> {
    return (await this.binding.get(id)).result();
  }

  async events(id = "i"): Promise<readonly WorkflowInstanceEvent[]> {
    const subscription = await (await this.binding.get(id)).subscribe();
    return Array.fromAsync(subscription);
  }

  /** What an instance that has ended was through, as "attempt_started a-1". */
  async story(id = "i"): Promise<readonly string[]> {
    return (await this.events(id)).map((event) =>
      "stepName" in event ? `${event.type} ${event.stepName}` : event.type,
    );
  }
}

export async function aTestEngine(script: Script, options: Partial<TestEngineOptions> = {}): Promise<ATestEngine> {
  const engine = await createTestEngine({ workflows: { w: workflow(script) }, log: SILENT, ...options });
  onTestFinished(() => engine.close());
  return new ATestEngine(engine);
}
