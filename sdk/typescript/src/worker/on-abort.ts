/** Does something when a signal fires, unless a promise has settled before. Keeps no hold on a signal that outlives it. */
export function onAbort(signal: AbortSignal, until: Promise<unknown>, act: () => void): void {
  const letGo = (): void => signal.removeEventListener("abort", act);
  signal.addEventListener("abort", act, { once: true });
  until.then(letGo, letGo);
}
