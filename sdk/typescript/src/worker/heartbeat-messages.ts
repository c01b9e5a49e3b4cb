import type { PlainLease } from "./held-roll.ts";

/** What the heartbeat thread starts with. */
export interface HeartbeatSetup {
  readonly engine: string;
  readonly session: string;
  /** Positions of the tasks held, see HeldRoll. */
  readonly positions: SharedArrayBuffer;
}

/** To the thread: whose leases are in which places. With the first, be it empty, it begins to heartbeat. */
export type HeldMessage = readonly { readonly place: number; readonly lease: PlainLease }[];

/** From the thread. */
export type HeartbeatMessage =
  | { readonly kind: "started" }
  | { readonly kind: "notices"; readonly notices: readonly PlainNotice[] }
  | { readonly kind: "sessionLost" }
  | { readonly kind: "failed"; readonly error: string; readonly failures: number };

/** A word about a task held, by its token. */
export interface PlainNotice {
  readonly token: string;
  readonly leaseLost: boolean;
}
