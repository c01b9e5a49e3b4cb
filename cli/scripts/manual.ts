/** Writes what `--help` says of each command into docs/cli.md: `npm run manual --workspace cli`. */
import { readFile, writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { createProgram } from "../src/program.ts";

const PAGE = new URL("../../docs/cli.md", import.meta.url);

/** What lies between these two lines is written by this script. */
const BEGIN = "<!-- What --help says: npm run manual --workspace cli -->";
const END = "<!-- end of --help -->";

/** Columns of the help's text. */
const WIDTH = 100;

/** The page, with the help of today. */
export async function manualPage(): Promise<{ readonly written: string; readonly current: string }> {
  const written = await readFile(PAGE, "utf8");
  const begin = written.indexOf(BEGIN);
  const end = written.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/cli.md has no lines "${BEGIN}" and "${END}"`);
  const current = `${written.slice(0, begin + BEGIN.length)}\n\n${sections(createProgram(), "perdure")}\n\n${written.slice(end)}`;
  return { written, current };
}

function sections(program: Command, path: string): string {
  return program.commands
    .flatMap((command) => {
      const name = `${path} ${command.name()}`;
      return command.commands.length > 0
        ? sections(command, name)
        : `### ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``;
    })
    .join("\n\n");
}

function helpOf(command: Command): string {
  command.configureOutput({ getOutHelpWidth: () => WIDTH, getOutHasColors: () => false });
  return command.helpInformation().trimEnd();
}

if (import.meta.main) await writeFile(PAGE, (await manualPage()).current);
