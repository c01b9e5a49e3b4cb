import { EngineError } from "../domain/errors.ts";

/**
 * Parses each message of a batch, sends on what could be parsed, and returns one outcome a message, in their
 * order: what is wrong with one is the refusal of that one.
 */
export async function outcomeOfEach<Message, Item, Outcome>(
  messages: readonly Message[],
  parse: (message: Message, index: number) => Item,
  send: (items: readonly Item[]) => Promise<readonly Outcome[]>,
): Promise<readonly (Outcome | EngineError)[]> {
  const parsed = messages.map((message, index) => parseOrRefusal(() => parse(message, index)));
  const items = parsed.flatMap((each) => ("item" in each ? [each.item] : []));
  const outcomes = (items.length === 0 ? [] : await send(items)).values();
  return parsed.map((each) => ("item" in each ? outcomes.next().value! : each.refusal));
}

function parseOrRefusal<Item>(parse: () => Item): { readonly item: Item } | { readonly refusal: EngineError } {
  try {
    return { item: parse() };
  } catch (error) {
    if (error instanceof EngineError) return { refusal: error };
    throw error;
  }
}
