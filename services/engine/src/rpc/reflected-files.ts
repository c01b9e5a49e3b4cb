import { createRegistry, toBinary, type DescFile, type DescService, type Registry } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/** The proto files behind some services, to be found by what is in them. */
export class ReflectedFiles {
  readonly services: readonly string[];
  readonly #files: ReadonlyMap<string, DescFile>;
  readonly #registry: Registry;

  constructor(services: readonly DescService[]) {
    this.services = services.map(({ typeName }) => typeName);
    const files = services.flatMap(({ file }) => withDependencies(file));
    this.#files = new Map(files.map((file) => [file.proto.name, file]));
    this.#registry = createRegistry(...this.#files.values());
  }

  byName(name: string): DescFile | undefined {
    return this.#files.get(name);
  }

  /** The file that declares a message, enum, service or extension; or of these the one that has such a member. */
  bySymbol(symbol: string): DescFile | undefined {
    const found = this.#registry.get(symbol)?.file;
    if (found !== undefined) return found;
    const owner = symbol.slice(0, Math.max(0, symbol.lastIndexOf(".")));
    return this.#registry.get(owner)?.file;
  }

  byExtension(containingType: string, number: number): DescFile | undefined {
    const extended = this.#registry.getMessage(containingType);
    return extended && this.#registry.getExtensionFor(extended, number)?.file;
  }

  /** The numbers of all extensions of a message, or undefined when there is no such message. */
  extensionNumbers(containingType: string): readonly number[] | undefined {
    if (this.#registry.getMessage(containingType) === undefined) return undefined;
    return [...this.#registry].flatMap((type) =>
      type.kind === "extension" && type.extendee.typeName === containingType ? [type.number] : [],
    );
  }
}

/** A file and all that it needs, as a client would ask for next. */
export function encodedFiles(file: DescFile): Uint8Array[] {
  return withDependencies(file).map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
}

function withDependencies(file: DescFile, seen = new Set<DescFile>()): readonly DescFile[] {
  if (!seen.has(file)) {
    seen.add(file);
    for (const dependency of file.dependencies) withDependencies(dependency, seen);
  }
  return [...seen];
}
