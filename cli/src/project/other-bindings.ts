import { isObject, type Section } from "./section.ts";

/** A binding that is no workflow: a bucket, a database, a queue. */
export interface OtherBinding {
  /** Its name in `env`. */
  readonly name: string;
  /** The key of the configuration that declares it, "r2_buckets" for instance. */
  readonly kind: string;
}

/** Keys that hold no such binding, whatever is in them. */
const OTHER_KEYS = new Set([
  "workflows",
  "vars",
  "env",
  "exports",
  "triggers",
  "dev",
  "migrations",
  "previews",
  "build",
]);

/** Keys whose entries are called by `name`. */
const BY_NAME = new Set(["durable_objects", "send_email", "ratelimits", "logfwdr"]);

/** Keys that environments inherit; all other bindings are not. */
const INHERITED = ["assets"];

/** Every binding that a configuration declares, kinds of tomorrow included: an object with `binding`. */
export function readOtherBindings(own: Section, holder: (key: string) => Section): readonly OtherBinding[] {
  const keys = new Set([...own.keys, ...INHERITED]);
  return [...keys].flatMap((kind) => {
    if (OTHER_KEYS.has(kind)) return [];
    const names = namesIn(holderOf(kind, own, holder).value(kind), BY_NAME.has(kind));
    return names.map((name) => ({ name, kind }));
  });
}

const holderOf = (kind: string, own: Section, holder: (key: string) => Section): Section =>
  INHERITED.includes(kind) ? holder(kind) : own;

function namesIn(value: unknown, byName: boolean): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => namesIn(item, byName));
  if (!isObject(value)) return [];
  const name = value["binding"] ?? (byName ? value["name"] : undefined);
  if (typeof name === "string") return [name];
  // queues.producers, durable_objects.bindings, unsafe.bindings
  return ["producers", "bindings"].flatMap((key) => namesIn(value[key], byName || key === "bindings"));
}
