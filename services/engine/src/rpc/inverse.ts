/** Reads a table of names and numbers the other way. Numbers of a newer contract have no name here. */
export function inverse<Name extends string>(table: Readonly<Record<Name, number>>): ReadonlyMap<number, Name> {
  return new Map(Object.entries<number>(table).map(([name, number]) => [number, name as Name]));
}
