/** A place in an instance's life: a run, and a position in its journal. */
export interface Place {
  readonly run: number;
  readonly position: number;
}

/** Negative when `a` is earlier: runs count first, then positions. */
export function comparePlaces(a: Place, b: Place): number {
  return a.run - b.run || a.position - b.position;
}
