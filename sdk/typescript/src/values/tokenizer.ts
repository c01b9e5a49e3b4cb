import { type Token, Tokenizer, Type } from "cborg";

/** Bytes before the text, by the low five bits of the first byte. */
const HEADER_BYTES: Readonly<Record<number, number>> = { 24: 2, 25: 3, 26: 5, 27: 9 };

/**
 * Reads CBOR items, with texts as they were written.
 *
 * The library's decoder of UTF-8 takes a U+FEFF at the start of a text for a mark of the encoding and drops it.
 */
export class ExactTokenizer extends Tokenizer {
  override next(): Token {
    const start = this.pos();
    const token = super.next();
    return Type.equals(token.type, Type.string) && this.#startsWithMark(start)
      ? Object.assign(token, { value: `\ufeff${String(token.value)}` })
      : token;
  }

  #startsWithMark(start: number): boolean {
    const { data } = this;
    const text = start + (HEADER_BYTES[(data[start] ?? 0) & 31] ?? 1);
    // Cheap: the mark's first byte is rare. The empty text's token is shared, and never gets here.
    return data[text] === 0xef && data[text + 1] === 0xbb && data[text + 2] === 0xbf && text + 2 < this.pos();
  }
}
