import sharp from "sharp";
import { type ColourName, nameOf } from "./colours.ts";

/** Pixels a side of the small copy whose colours are counted. */
const SAMPLE_SIDE = 64;
/** Larger pictures are refused before they are decoded: 100 million pixels. */
const PIXELS_MAX = 100_000_000;
/** A colour is worth a word from this part of the picture on. */
const SHARE_MIN = 0.08;
const COLOURS_NAMED_MAX = 3;

export interface DescribeInput {
  /** The bytes of an encoded picture: PNG, JPEG, WebP, GIF, AVIF or TIFF. */
  readonly image: readonly number[];
  /** Accepted as a model would, and not read. */
  readonly prompt?: string;
  /** Accepted as a model would, and not read. */
  readonly max_tokens?: number;
}

/**
 * Stands where Workers AI stands on Cloudflare. **No model is run**: whatever model is named, the picture is decoded and
 * measured, and the answer says its format, size, main colours and brightness in one sentence. It cannot know what the picture shows.
 */
export class LocalDescriber {
  /** @throws {TypeError} when the bytes are not a picture, or one of too many pixels. */
  async run(_model: string, input: DescribeInput): Promise<{ readonly description: string }> {
    const bytes = Uint8Array.from(input.image);
    try {
      return { description: await describe(bytes) };
    } catch (cause) {
      throw new TypeError(`The ${bytes.byteLength} bytes given as image cannot be read as a picture`, { cause });
    }
  }
}

async function describe(bytes: Uint8Array): Promise<string> {
  const picture = sharp(bytes, { limitInputPixels: PIXELS_MAX });
  const { format, width, height } = await picture.metadata();
  const pixels = await picture
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .resize(SAMPLE_SIDE, SAMPLE_SIDE, { fit: "fill" })
    .raw()
    .toBuffer();
  const { colours, brightness } = measure(pixels);
  return `A ${width} × ${height} ${format.toUpperCase()} picture in ${shapeOf(width, height)} format, mostly ${listed(colours)}, ${wordFor(brightness)} (brightness ${Math.round(brightness * 100)} %).`;
}

/** Reads three bytes a pixel. Brightness: mean luma of BT.709, from 0 (black) to 1 (white). */
function measure(rgb: Uint8Array): { readonly colours: readonly ColourName[]; readonly brightness: number } {
  const pixels = rgb.length / 3;
  const counts = new Map<ColourName, number>();
  let luma = 0;
  for (const { red, green, blue, count } of distinctColours(rgb)) {
    const name = nameOf(red, green, blue);
    counts.set(name, (counts.get(name) ?? 0) + count);
    luma += ((0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255) * count;
  }
  const byShare = [...counts].toSorted(([, a], [, b]) => b - a);
  const main = byShare.filter(([, count], rank) => rank === 0 || count / pixels >= SHARE_MIN);
  return { colours: main.slice(0, COLOURS_NAMED_MAX).map(([name]) => name), brightness: luma / pixels };
}

/** Naming a colour is the slow part, and most pictures repeat theirs. */
function distinctColours(rgb: Uint8Array) {
  const counts = new Map<number, number>();
  for (let at = 0; at < rgb.length; at += 3) {
    const packed = (rgb[at]! << 16) | (rgb[at + 1]! << 8) | rgb[at + 2]!;
    counts.set(packed, (counts.get(packed) ?? 0) + 1);
  }
  return [...counts].map(([packed, count]) => ({
    red: packed >> 16,
    green: (packed >> 8) & 0xff,
    blue: packed & 0xff,
    count,
  }));
}

const listed = (words: readonly string[]): string => new Intl.ListFormat("en-GB").format(words);

const shapeOf = (width: number, height: number): string =>
  width === height ? "square" : width > height ? "landscape" : "portrait";

const wordFor = (brightness: number): string =>
  brightness < 0.33 ? "dark" : brightness < 0.66 ? "of medium brightness" : "bright";
