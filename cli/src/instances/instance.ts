import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Command } from "commander";
import { type Instance, type InstanceRefSchema, InstanceSchema } from "perdure/proto/perdure/v1/instance_pb";
import { CALL_MS_MAX, type Engine, inNamespace } from "../engine.ts";
import { EXIT } from "../exit-code.ts";
import { CommandRefused } from "../refusal.ts";
import { messageJson } from "../show/json.ts";

export type Ref = MessageInitShape<typeof InstanceRefSchema>;

/** Every call but the long ones: an engine that hangs is as good as none. */
export const PROMPTLY = { timeoutMs: CALL_MS_MAX };

/** The newest instance of a workflow, where an id is asked for. */
const LATEST = "latest";

export function namesInstance(command: Command): Command {
  return command
    .argument("<workflow>", "the workflow's name")
    .argument("<id>", `the instance's id, or "${LATEST}" for the newest instance`);
}

/** What `<workflow> <id>` names. @throws {CommandRefused} when there is no newest one. */
export async function resolveRef(engine: Engine, [workflow = "", id = ""]: readonly string[]): Promise<Ref> {
  if (id !== LATEST) return { ...inNamespace(engine), workflow, instanceId: id };
  const { instances } = await engine.calls.listInstances({ ...inNamespace(engine), workflow, pageSize: 1 }, PROMPTLY);
  const ref = instances[0]?.ref;
  if (ref !== undefined) return ref;
  throw new CommandRefused("INSTANCE_NOT_FOUND", `the workflow "${workflow}" has no instance`, EXIT.failed);
}

/** An instance as programs read it: its name is not nested. */
export function instanceJson(instance: Instance): Readonly<Record<string, unknown>> {
  const { ref, ...rest } = messageJson(InstanceSchema, instance);
  return { ...(ref as object), ...rest };
}

/** What the engine answers with always has one. */
export function given(instance: Instance | undefined): Instance {
  if (instance === undefined) throw new Error("the engine's answer has no instance");
  return instance;
}
