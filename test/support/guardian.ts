import { spawn } from "node:child_process";
import type { Socket } from "node:net";

/** `read` fails when its pipe closes without a line: whoever held the other end is gone, however it went. */
const SCRIPT = `read -r line || { kill -9 "$0"; sleep 1; [ -z "$1" ] || rm -rf "$1"; }`;

/**
 * Ends process `pid`, and removes `folder`, should this process die without saying so, by SIGKILL too.
 *
 * @returns what calls the guardian off, once `pid` has ended.
 */
export function guard(pid: number, folder: string | undefined): () => void {
  const guardian = spawn("sh", ["-c", SCRIPT, String(pid), folder ?? ""], {
    // Out of the group that an interrupt at the terminal reaches.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guardian.unref();
  (guardian.stdin as Socket).unref();
  return () => guardian.stdin.end("over\n");
}
