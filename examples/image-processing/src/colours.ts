import { differenceEuclidean, nearest } from "culori";

/** Colours with an everyday name, a few shades each where the name covers much. */
const SHADES = [
  ["black", "#000000", "#141414"],
  ["dark grey", "#404040", "#505050"],
  ["grey", "#808080"],
  ["light grey", "#c0c0c0", "#d8d8d8"],
  ["white", "#ffffff", "#f5f5f5"],
  ["red", "#ff0000", "#e03030", "#b01818"],
  ["brown", "#8b4513", "#5a3218"],
  ["orange", "#ff8c00", "#f4a060"],
  ["yellow", "#ffff00", "#f5d742"],
  ["cream", "#fff5d0"],
  ["beige", "#e7c9a9", "#d2b48c"],
  ["green", "#00c000", "#3cb45a", "#a0e060"],
  ["dark green", "#006400", "#1e4628"],
  ["teal", "#008080", "#2a9d8f"],
  ["turquoise", "#40e0d0"],
  ["light blue", "#87ceeb", "#b8dcf5"],
  ["blue", "#0000ff", "#2060d0", "#4a80d8"],
  ["dark blue", "#000080", "#203868", "#182c48"],
  ["purple", "#800080", "#6a3fa0", "#6c5c94", "#46447a"],
  ["violet", "#b080e0"],
  ["pink", "#ffc0cb", "#ff69b4", "#e08090"],
  ["magenta", "#ff00ff"],
  ["mauve", "#a56f9a", "#b9779a"],
] as const;

export type ColourName = (typeof SHADES)[number][0];

const NAME_OF_SHADE = new Map<string, ColourName>(
  SHADES.flatMap(([name, ...shades]) => shades.map((shade) => [shade, name] as const)),
);

/** OKLab, because equal distances in it look about equally different. */
const nearestShade = nearest([...NAME_OF_SHADE.keys()], differenceEuclidean("oklab"));

/** The everyday name that fits a colour best. Channels from 0 to 255. */
export function nameOf(red: number, green: number, blue: number): ColourName {
  const [shade = ""] = nearestShade({ mode: "rgb", r: red / 255, g: green / 255, b: blue / 255 });
  const name = NAME_OF_SHADE.get(shade);
  if (name === undefined)
    throw new RangeError(`No colour is nearest to ${red}, ${green}, ${blue}: channels go from 0 to 255`);
  return name;
}
