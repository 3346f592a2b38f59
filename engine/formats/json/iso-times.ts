/** Times of the form that programs write, `2001-01-31T23:05:00.123Z`, straight from bytes. */
const QUOTE = 34;

export class IsoTimes {
  /** After the quote that ends the time which was read last. */
  end = 0;
  /** Times of a stream lie close together: the day is nearly always that of the time before. */
  #day = -1;
  #dayMs = 0;

  /** ms since the epoch, NaN where it is written in another way or is none. */
  read(bytes: Uint8Array, from: number): number {
    const year = two(bytes, from) * 100 + two(bytes, from + 2);
    const month = two(bytes, from + 5);
    const date = two(bytes, from + 8);
    const hour = two(bytes, from + 11);
    const minute = two(bytes, from + 14);
    const second = two(bytes, from + 17);
    const isForm =
      bytes[from + 4] === 45 &&
      bytes[from + 7] === 45 &&
      bytes[from + 10] === 84 &&
      bytes[from + 13] === 58 &&
      bytes[from + 16] === 58 &&
      hour < 24 &&
      minute < 60 &&
      second < 60;
    if (!isForm) return Number.NaN;
    let at = from + 19;
    let ms = 0;
    if (bytes[at] === 46) {
      const last = (bytes[at + 3] as number) - 48;
      if (!(last >= 0 && last <= 9)) return Number.NaN;
      ms = two(bytes, at + 1) * 10 + last;
      at += 4;
    }
    if (bytes[at] !== 90 || bytes[at + 1] !== QUOTE) return Number.NaN;
    const day = (year * 100 + month) * 100 + date;
    // A part that is no number makes it NaN, which is no day.
    if (day !== this.#day && !this.#begin(day, year, month, date)) return Number.NaN;
    this.end = at + 2;
    return this.#dayMs + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
  }

  #begin(day: number, year: number, month: number, date: number): boolean {
    // Date.UTC takes years below 100 for those of the last century.
    if (!(year >= 100 && month >= 1 && month <= 12)) return false;
    const ms = Date.UTC(year, month - 1, date);
    if (new Date(ms).getUTCDate() !== date) return false;
    this.#day = day;
    this.#dayMs = ms;
    return true;
  }
}

/** The number of two digits, NaN where they are none. */
function two(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 48;
  const ones = (bytes[at + 1] as number) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
