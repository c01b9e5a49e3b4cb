/**
 * Ends this process when the one that forked it has ended: a program that starts an engine or a worker as a part of
 * itself leaves none behind, however it ends. What was acknowledged is on disk, so nothing needs to be said first.
 */
export function endWithParent(): void {
  if (process.connected) process.once("disconnect", () => process.exit());
}
