/** How fast a part that every engine stands on is by itself, on this machine, now. */
export interface Limit {
  readonly what: string;
  readonly perS: number;
  readonly unit: string;
}

/** How long each is measured. */
export const LIMIT_MS = { quick: 200, full: 2_000 } as const;
