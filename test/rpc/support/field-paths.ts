import { clone, type DescField, type DescMessage, type Message, type MessageShape } from "@bufbuild/protobuf";

/** Where a field is: from the request down, through the first element of each list. */
export type FieldPath = readonly DescField[];

type Fields = Record<string, unknown>;

/** Every field of a message and of what is in it, as its descriptor has them: new ones are found by themselves. */
export function* fieldPaths(schema: DescMessage, above: FieldPath = []): Generator<FieldPath> {
  for (const field of schema.fields) {
    const path = [...above, field];
    yield path;
    const inner = messageOf(field);
    const isRecursive = above.some((each) => messageOf(each) === inner);
    if (inner !== undefined && !isRecursive) yield* fieldPaths(inner, path);
  }
}

export function pathText(path: FieldPath): string {
  return path.map(({ name, fieldKind }) => (fieldKind === "list" ? `${name}[0]` : name)).join(".");
}

/** A copy of a request with a field set; `fresh` makes what leads there and is not there yet. */
export function withField<Desc extends DescMessage>(
  schema: Desc,
  base: MessageShape<Desc>,
  path: FieldPath,
  value: unknown,
  fresh: (schema: DescMessage) => Message,
): MessageShape<Desc> {
  const copy = clone(schema, base);
  let target = copy as unknown as Fields;
  for (const field of path.slice(0, -1)) target = descend(target, field, fresh);
  put(target, path.at(-1)!, value);
  return copy;
}

/** The same in JSON, where the value may be anything. */
export function withJsonField(base: object, path: FieldPath, value: unknown): object {
  const copy = structuredClone(base);
  let target = copy as Fields;
  for (const field of path.slice(0, -1)) {
    const there = target[field.jsonName];
    // A duration, for one, is a text in JSON: it makes room.
    const next = typeof there === "object" ? there : field.fieldKind === "list" ? [{}] : {};
    target[field.jsonName] = next;
    target = (Array.isArray(next) ? (next[0] ??= {}) : next) as Fields;
  }
  target[path.at(-1)!.jsonName] = value;
  return copy;
}

function descend(message: Fields, field: DescField, fresh: (schema: DescMessage) => Message): Fields {
  const inner = fresh(messageOf(field)!) as Message & Fields;
  const there = get(message, field);
  if (field.fieldKind === "list") {
    const list = there as Fields[];
    return (list[0] ??= inner);
  }
  if (there !== undefined) return there as Fields;
  put(message, field, inner);
  return inner;
}

function get(message: Fields, field: DescField): unknown {
  if (field.oneof === undefined) return message[field.localName];
  const { case: chosen, value } = message[field.oneof.localName] as {
    readonly case?: string;
    readonly value?: unknown;
  };
  return chosen === field.localName ? value : undefined;
}

function put(message: Fields, field: DescField, value: unknown): void {
  if (field.oneof === undefined) message[field.localName] = value;
  else message[field.oneof.localName] = { case: field.localName, value };
}

function messageOf(field: DescField): DescMessage | undefined {
  return field.fieldKind === "message" || (field.fieldKind === "list" && field.listKind === "message")
    ? field.message
    : undefined;
}
