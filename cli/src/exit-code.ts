/** What the process ends with. Part of the interface: scripts test it. */
export const EXIT = {
  ok: 0,
  /** The call was refused, or the instance that was waited for errored or was terminated. */
  failed: 1,
  /** The command line, or a file that it names, cannot be used. */
  usage: 2,
  /** No engine answers. */
  unreachable: 3,
  /** Ctrl-C, as shells count it. */
  interrupted: 130,
} as const satisfies Record<string, number>;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
