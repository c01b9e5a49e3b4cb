export type PlainDocument = Record<string, unknown>;

/** How a value of the domain is kept as a field of a document, both ways. */
export interface Codec<T, Written = unknown> {
  /** Undefined: the field is left out. */
  write(value: T): Written;
  /** Checks what a document has there; undefined when it has nothing. @throws {Misfit} */
  read(value: unknown): T;
}

/** A codec for each field of an object. */
export type FieldCodecs<T> = { readonly [K in keyof T]-?: Codec<T[K]> };

/** What was read is not what is written there. */
export class Misfit extends Error {
  /** The fields that lead there, outermost first. */
  path: string;

  constructor(expected: string, found: unknown) {
    super(`is ${describe(found)}, not ${expected}`);
    this.path = "";
  }

  within(field: string): this {
    this.path = this.path === "" || this.path.startsWith("[") ? `${field}${this.path}` : `${field}.${this.path}`;
    return this;
  }
}

/** Left out when null. */
export function nullable<T>(codec: Codec<T>): Codec<T | null> {
  return {
    write: (value) => (value === null ? undefined : codec.write(value)),
    read: (value) => (value === undefined || value === null ? null : codec.read(value)),
  };
}

export function list<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    write: (values) => values.map((value) => item.write(value)),
    read: (values) => {
      if (!Array.isArray(values)) throw new Misfit("a list", values);
      return values.map((value, index) => within(`[${index}]`, () => item.read(value)));
    },
  };
}

/** Left out when empty. */
export function listOrNone<T>(item: Codec<T>): Codec<readonly T[]> {
  const items = list(item);
  return {
    write: (values) => (values.length === 0 ? undefined : items.write(values)),
    read: (values) => (values === undefined ? [] : items.read(values)),
  };
}

/** An object with these fields; others that a document has are not looked at. */
export function object<T extends object>(fields: FieldCodecs<T>): Codec<T, PlainDocument> {
  const codecs = Object.entries(fields) as readonly [string, Codec<unknown>][];
  return {
    write: (value) => {
      const document: PlainDocument = {};
      writeFields(codecs, value, document);
      return document;
    },
    read: (document) => {
      const value: PlainDocument = {};
      readFields(codecs, asRecord(document), value);
      return value as T;
    },
  };
}

/** One of several objects; the field `tag` says which. */
export function variants<T extends { readonly [K in Tag]: string }, Tag extends keyof T & string>(
  tag: Tag,
  tables: { readonly [V in T[Tag]]: FieldCodecs<Omit<Extract<T, Readonly<Record<Tag, V>>>, Tag>> },
): Codec<T, PlainDocument> {
  const codecs = new Map(Object.entries(tables).map(([name, fields]) => [name, Object.entries(fields as object)]));
  return {
    write: (value) => {
      const document: PlainDocument = { [tag]: value[tag] };
      writeFields(codecs.get(value[tag]) ?? [], value, document);
      return document;
    },
    read: (document) => {
      const name = asRecord(document)[tag];
      const fields = typeof name === "string" ? codecs.get(name) : undefined;
      if (fields === undefined) throw new Misfit(`one of ${[...codecs.keys()].join(", ")}`, name).within(tag);
      const value: PlainDocument = { [tag]: name };
      readFields(fields, asRecord(document), value);
      return value as T;
    },
  };
}

function writeFields(codecs: readonly [string, Codec<unknown>][], value: object, document: PlainDocument): void {
  for (const [name, codec] of codecs) {
    const field = codec.write((value as PlainDocument)[name]);
    if (field !== undefined) document[name] = field;
  }
}

function readFields(codecs: readonly [string, Codec<unknown>][], document: PlainDocument, value: PlainDocument): void {
  for (const [name, codec] of codecs) value[name] = within(name, () => codec.read(document[name]));
}

function within<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Misfit ? error.within(field) : error;
  }
}

function asRecord(document: unknown): PlainDocument {
  if (typeof document === "object" && document !== null && !Array.isArray(document)) return document as PlainDocument;
  throw new Misfit("an object", document);
}

/** For an operator, and never the value itself: it may be a user's. */
function describe(found: unknown): string {
  if (found === undefined) return "missing";
  if (found === null) return "null";
  if (Array.isArray(found)) return "a list";
  return typeof found === "object" ? `an object (${found.constructor.name})` : `a ${typeof found}`;
}
