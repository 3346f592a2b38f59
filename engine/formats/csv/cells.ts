/** The cells of one CSV record. */
export interface Cells {
  readonly texts: readonly string[];
  /** By cell, whether it stood in quotes; null where none did. */
  readonly quoted: readonly boolean[] | null;
}

/** Null where a quote is not closed or is followed by more text. */
export function splitCells(text: string, delimiter: string): Cells | null {
  if (!text.includes('"')) return { texts: text.split(delimiter), quoted: null };
  const texts: string[] = [];
  const quoted: boolean[] = [];
  let at = 0;
  for (;;) {
    const isQuoted = text.charAt(at) === '"';
    let end: number;
    if (isQuoted) {
      end = closingQuote(text, at + 1) + 1;
      if (end === 0 || (end < text.length && text.charAt(end) !== delimiter)) return null;
      texts.push(text.slice(at + 1, end - 1).replaceAll('""', '"'));
    } else {
      const next = text.indexOf(delimiter, at);
      end = next < 0 ? text.length : next;
      texts.push(text.slice(at, end));
    }
    quoted.push(isQuoted);
    if (end >= text.length) return { texts, quoted };
    at = end + 1;
  }
}

/** The quote that is not doubled, or −1. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text.charAt(at + 1) === '"') at = text.indexOf('"', at + 2);
  return at;
}
