import stringWidth from "string-width";
import { styled } from "../output.ts";

const GAP = "  ";

/** Rows below their headings, columns as wide as their widest cell. Cells may be coloured. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings.map((heading) => styled("dim", heading)), ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ""))));
  return all.map((row) => line(row, widths)).join("\n");
}

/** Names and values below each other; a value without text is left out. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const given = pairs.filter(([, value]) => value !== "");
  const width = Math.max(0, ...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${styled("dim", name.padEnd(width))}${GAP}${value}`).join("\n");
}

function line(cells: readonly string[], widths: readonly number[]): string {
  return widths
    .map((width, column) => padded(cells[column] ?? "", width))
    .join(GAP)
    .trimEnd();
}

const padded = (cell: string, width: number): string => cell + " ".repeat(Math.max(0, width - stringWidth(cell)));
