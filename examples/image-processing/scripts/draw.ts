// Draws the picture that the example works on: `npm run draw` writes bucket/lake-at-dawn.png again, always the same.
import { fileURLToPath } from "node:url";
import sharp from "sharp";

const WIDTH = 320;
const HEIGHT = 200;
/** Where the sky ends and the water begins. */
const SHORE = 132;

type Point = readonly [x: number, y: number];

const polygon = (points: readonly Point[], fill: string): string =>
  `<polygon points="${points.map((point) => point.join(",")).join(" ")}" fill="${fill}"/>`;

const rectangle = (x: number, y: number, width: number, height: number, fill: string): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;

/** Flat bands from the night above to the light at the horizon, each from its own height down to the shore. */
const sky = (
  [
    [0, "#243b6b"],
    [26, "#3d4f86"],
    [48, "#6a5f97"],
    [68, "#a56f9a"],
    [84, "#dd8389"],
    [98, "#f4a273"],
    [110, "#fbc87f"],
  ] as const
).map(([top, fill]) => rectangle(0, top, WIDTH, SHORE - top, fill));

const stars = (
  [
    [22, 10, 1.1],
    [58, 20, 0.7],
    [101, 8, 0.9],
    [143, 16, 0.6],
    [238, 12, 0.8],
    [271, 23, 0.6],
    [303, 7, 1.1],
  ] as const
).map(([x, y, radius]) => `<circle cx="${x}" cy="${y}" r="${radius}" fill="#fdf1d6"/>`);

const sun = [`<circle cx="196" cy="108" r="30" fill="#fdd893"/>`, `<circle cx="196" cy="108" r="22" fill="#fff0c2"/>`];

const farRidge: readonly Point[] = [
  [0, 104], [34, 82], [58, 96], [92, 66], [126, 98], [150, 90], [178, 112], [214, 110], [244, 84], [270, 98], [298, 74], [320, 90],
]; // prettier-ignore
const nearRidge: readonly Point[] = [
  [0, 118], [28, 108], [66, 120], [104, 106], [140, 122], [190, 128], [232, 118], [262, 106], [292, 114], [320, 104],
]; // prettier-ignore

const snow: readonly (readonly Point[])[] = [
  [[92, 66], [81, 75], [87, 74], [91, 79], [96, 74], [101, 75]],
  [[298, 74], [288, 80.5], [294, 80], [298, 84], [303, 79], [306, 80]],
]; // prettier-ignore

/** Closes a ridge at the shore, or hangs it upside down and flattened below it as its own reflection. */
const standing = (ridge: readonly Point[], fill: string): string =>
  polygon([[0, SHORE], ...ridge, [WIDTH, SHORE]], fill);
const mirrored = (ridge: readonly Point[], fill: string): string =>
  polygon([[0, SHORE], ...ridge.map(([x, y]): Point => [x, SHORE + (SHORE - y) * 0.6]), [WIDTH, SHORE]], fill);

const mountains = [
  standing(farRidge, "#7d5c8c"),
  ...snow.map((cap) => polygon(cap, "#f6d9d5")),
  standing(nearRidge, "#47467a"),
];

const lake = [
  rectangle(0, SHORE, WIDTH, HEIGHT - SHORE, "#e79a83"),
  rectangle(0, 160, WIDTH, HEIGHT - 160, "#b9779a"),
  rectangle(0, 176, WIDTH, HEIGHT - 176, "#6f5f96"),
  mirrored(farRidge, "#8f6590"),
  mirrored(nearRidge, "#544f80"),
];

/** The path of light on the water: strokes that grow wider towards the viewer. */
const glitter = [0, 1, 2, 3, 4, 5, 6, 7].map((row) => {
  const width = 16 + row * 5 + (row % 2) * 9;
  return `<rect x="${196 - width / 2 + (row % 3) * 3}" y="${135 + row * 6}" width="${width}" height="2.2" rx="1.1" fill="#fde3a8"/>`;
});

/** A pine of three tiers that stands on (x, foot). */
const pine = (x: number, foot: number, height: number): string => {
  const half = height * 0.24;
  const tiers = [0, 0.27, 0.54].map((top, tier) => {
    const reach = half * (0.55 + tier * 0.225);
    const apex = foot - height + top * height;
    return polygon([[x, apex], [x + reach, apex + height * 0.4], [x - reach, apex + height * 0.4]], "#16324a"); // prettier-ignore
  });
  return [rectangle(x - 1.2, foot - height * 0.1, 2.4, height * 0.12, "#16324a"), ...tiers].join("");
};

const bank = [
  `<path d="M0 168 C40 160 84 170 118 184 C134 190 150 197 160 200 L0 200 Z" fill="#1b3d52"/>`,
  `<path d="M320 178 C296 174 268 184 246 200 L320 200 Z" fill="#1b3d52"/>`,
  pine(16, 170, 74),
  pine(38, 170, 54),
  pine(58, 172, 86),
  pine(80, 178, 46),
  pine(102, 184, 34),
  pine(290, 186, 52),
  pine(308, 184, 70),
];

const birds = (
  [
    [150, 50, 5],
    [164, 44, 4],
    [176, 54, 3.4],
  ] as const
).map(
  ([x, y, wing]) =>
    `<path d="M${x - wing} ${y - wing * 0.5} Q${x - wing * 0.4} ${y - wing * 0.7} ${x} ${y} Q${x + wing * 0.4} ${y - wing * 0.7} ${x + wing} ${y - wing * 0.5}" stroke="#243b6b" stroke-width="1.1" fill="none"/>`,
);

const scene = [sky, stars, sun, mountains, lake, glitter, bank, birds].flat().join("");
const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${scene}</svg>`;

await sharp(Buffer.from(picture))
  .png({ compressionLevel: 9 })
  .toFile(fileURLToPath(new URL("../bucket/lake-at-dawn.png", import.meta.url)));
