/** What `setTimeout` takes at most; it fires at once when given more. */
const SET_TIMEOUT_MS_MAX = 2_147_483_647;

/** Cancels an alarm that has not rung. */
export type Cancel = () => void;

/** Calls once after any number of milliseconds, 365 days included. Does not keep the process alive. */
export function alarm(ms: number, ring: () => void): Cancel {
  let left = Math.ceil(ms);
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const now = Math.min(left, SET_TIMEOUT_MS_MAX);
    left -= now;
    timer = setTimeout(() => (left > 0 ? arm() : ring()), now).unref();
  };
  arm();
  return () => clearTimeout(timer);
}
