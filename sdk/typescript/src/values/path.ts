/**
 * Where in a value something is: a chain from the inside out, so that walking costs one small object a level
 * and text is only made for a message.
 */
export type Path =
  | { readonly root: string }
  | { readonly parent: Path; readonly at: "property"; readonly key: string }
  | { readonly parent: Path; readonly at: "element" | "mapKey" | "setElement"; readonly index: number }
  | { readonly parent: Path; readonly at: "mapValue"; readonly key: unknown; readonly index: number };

/** Steps of a path that messages show at either end; a path may have a thousand. */
const STEPS_SHOWN = 8;

/** Characters of a key that messages show. */
const KEY_LENGTH_SHOWN = 64;

/** `output.items[3].callback`, `output.get("key")["a b"]` */
export function pathText(path: Path): string {
  const steps: string[] = [];
  let at = path;
  for (; "parent" in at; at = at.parent) steps.push(stepText(at));
  steps.reverse();
  if (steps.length > 2 * STEPS_SHOWN) steps.splice(STEPS_SHOWN, steps.length - 2 * STEPS_SHOWN, " … ");
  return at.root + steps.join("");
}

function stepText(path: Exclude<Path, { root: string }>): string {
  switch (path.at) {
    case "property": {
      const key = shortened(path.key);
      return /^[A-Za-z_$][\w$]*$/.test(path.key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    }
    case "element":
      return `[${path.index}]`;
    case "mapValue":
      if (typeof path.key === "string") return `.get(${JSON.stringify(shortened(path.key))})`;
      return typeof path.key === "number" ? `.get(${path.key})` : `.values()[${path.index}]`;
    case "mapKey":
      return `.keys()[${path.index}]`;
    case "setElement":
      return `.values()[${path.index}]`;
  }
}

const shortened = (key: string): string => (key.length > KEY_LENGTH_SHOWN ? `${key.slice(0, KEY_LENGTH_SHOWN)}…` : key);
