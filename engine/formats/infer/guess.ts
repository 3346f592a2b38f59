/** Guesses the fields of records from a sample of them. */
import type { SourceField } from '../../contract/settings.ts';
import { parseTime } from '../../expressions/time-format.ts';
import { typeOfValues } from './elements.ts';

/** Tried in this order; the first that reads every value wins. */
const TIME_FORMATS = [
  'iso',
  'yyyy-MM-dd HH:mm:ss',
  'yyyy-MM-dd HH:mm',
  'yyyy/MM/dd HH:mm:ss',
  'yyyy/MM/dd HH:mm',
  'yyyy/MM/dd',
  'MM/dd/yyyy HH:mm:ss',
  'MM/dd/yyyy HH:mm',
  'MM/dd/yyyy',
  'dd.MM.yyyy HH:mm:ss',
  'dd.MM.yyyy HH:mm',
  'dd.MM.yyyy',
] as const;

/** Names under which numbers are taken for times. */
const TIME_NAME =
  /(^|_)(ts|t|time|timestamp|date|datetime|at|updated|created|modified)(_?(ms|millis|s|sec))?$/i;
/** 1985 to 2100. */
const MS = { min: 473_385_600_000, max: 4_102_444_800_000 };
const SECONDS = { min: 473_385_600, max: 4_102_444_800 };
/** Whole numbers of a sample below this are INT: what comes later may be larger. */
const INT_MAX = 2 ** 30;
/** Elements of arrays that are looked at. */
const ELEMENTS_MAX = 500;
/** A sample's texts are looked at up to here. */
const TEXTS_MAX = 500;

/** What was seen of one field. */
export class Guess {
  readonly path: readonly string[];
  #booleans = 0;
  #numbers = 0;
  #texts = 0;
  #whole = true;
  #min = Infinity;
  #max = -Infinity;
  #sample: string[] = [];
  #arrays = 0;
  #elements: unknown[] = [];

  constructor(path: readonly string[]) {
    this.path = path;
  }

  /** Whether there is a type for it: arrays of one type only. */
  get isReadable(): boolean {
    if (this.#arrays === 0) return true;
    return this.#booleans + this.#numbers + this.#texts === 0 && typeOfValues(this.#elements) !== null;
  }

  see(value: unknown): void {
    if (Array.isArray(value)) {
      this.#arrays++;
      if (this.#elements.length < ELEMENTS_MAX) this.#elements.push(...value.slice(0, ELEMENTS_MAX));
    } else if (typeof value === 'boolean') this.#booleans++;
    else if (typeof value === 'number') {
      this.#numbers++;
      this.#whole &&= Number.isInteger(value);
      this.#min = Math.min(this.#min, value);
      this.#max = Math.max(this.#max, value);
    } else if (typeof value === 'string') {
      this.#texts++;
      if (this.#sample.length < TEXTS_MAX) this.#sample.push(value);
    }
  }

  type(name: string): Pick<SourceField, 'type' | 'format'> {
    if (this.#arrays > 0) return { type: `ARRAY<${typeOfValues(this.#elements) ?? 'STRING'}>` };
    const kinds = [this.#booleans, this.#numbers, this.#texts].filter((count) => count > 0).length;
    if (kinds !== 1) return { type: 'STRING' };
    if (this.#booleans > 0) return { type: 'BOOLEAN' };
    if (this.#numbers > 0) return this.#numberType(name);
    const format = timeFormat(this.#sample);
    return format === null
      ? { type: 'STRING' }
      : { type: 'TIMESTAMP', ...(format === 'iso' ? {} : { format }) };
  }

  #numberType(name: string): Pick<SourceField, 'type' | 'format'> {
    if (!this.#whole) return { type: 'DOUBLE' };
    const within = ({ min, max }: typeof MS): boolean => this.#min >= min && this.#max <= max;
    if (TIME_NAME.test(name) && within(MS)) return { type: 'TIMESTAMP', format: 'epoch-ms' };
    if (TIME_NAME.test(name) && within(SECONDS)) return { type: 'TIMESTAMP', format: 'epoch-s' };
    return { type: this.#min > -INT_MAX && this.#max < INT_MAX ? 'INT' : 'BIGINT' };
  }
}

function timeFormat(texts: readonly string[]): string | null {
  const looksLikeTime = texts.every((text) => text.length >= 8 && /^\d{1,4}[-/.]\d/.test(text));
  if (!looksLikeTime) return null;
  return TIME_FORMATS.find((format) => texts.every((text) => parseTime(text, format) !== null)) ?? null;
}
