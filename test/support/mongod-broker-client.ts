import { inject } from "vitest";

/**
 * The URI of an empty database on the run's shared replica set, never given twice.
 *
 * The database goes with the run. The first call of a run starts the server: 2 to 5 s, more when mongod has to be
 * downloaded.
 *
 * @throws what to do when no mongod is to be had.
 */
export async function freshDatabaseUri(): Promise<string> {
  const answer = await fetch(inject("mongodBrokerUrl"));
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
