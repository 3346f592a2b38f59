/** A body's bytes as rows: all of them, or a refusal that names every event that does not fit. */
import { showValue } from '../../contract/problems.ts';
import type { Value } from '../../contract/values.ts';
import { parseJson } from '../../expressions/json-text.ts';
import { type JsonField, jsonRow } from '../../expressions/json-value.ts';
import { type RecordProblem, Refusal } from './answer.ts';

export type BodyFormat = 'json' | 'ndjson';

const FORMATS: Readonly<Record<string, BodyFormat>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
};

/** What `Content-Type` says. Throws a `Refusal` where it is not known. */
export function bodyFormat(contentType: string | undefined): BodyFormat {
  const [media = '', ...parameters] = (contentType ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters
    .find((p) => p.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  const format = Object.hasOwn(FORMATS, media) ? FORMATS[media] : undefined;
  if (format !== undefined && (charset === undefined || charset === 'utf-8' || charset === 'utf8'))
    return format;
  throw new Refusal(415, {
    code: 'C-FORMAT',
    message:
      contentType === undefined
        ? 'The request does not say the type of its body.'
        : `The type ${showValue(contentType)} is not taken here.`,
    next: 'Send the header "content-type: application/json" or "application/x-ndjson", in UTF-8.',
  });
}

/** Events of a request that are reported; the rest would only say the same. */
const REPORTED_MAX = 20;

export function decodeEvents(bytes: Uint8Array, format: BodyFormat, fields: readonly JsonField[]): Value[][] {
  const rows: Value[][] = [];
  const bad: RecordProblem[] = [];
  let index = 0;
  for (const event of eventsOf(textOf(bytes), format)) {
    const found = event.ok ? jsonRow(event.value, fields) : null;
    if (Array.isArray(found)) rows.push(found);
    else if (bad.length < REPORTED_MAX) {
      bad.push({
        index,
        ...(found === null || found.field === '' ? {} : { field: found.field }),
        value: found?.value ?? (event.ok ? '' : event.text),
        expected: found?.expected ?? 'a JSON object on one line',
      });
    } else break;
    index++;
  }
  const [first] = bad;
  if (first === undefined) return rows;
  const where = first.field === undefined ? '' : `, field ${showValue(first.field)}`;
  throw new Refusal(400, {
    code: 'R-DECODE',
    message: `Event ${first.index}${where}: expected ${first.expected}. No event of this request was taken.`,
    next: 'Correct the events that are listed and send the request again.',
    records: bad,
  });
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal(400, {
      code: 'C-FORMAT',
      message: 'The body is not UTF-8.',
      next: 'Send it in UTF-8.',
    });
  }
}

type Event = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly text: string };

function* eventsOf(text: string, format: BodyFormat): Generator<Event> {
  if (format === 'json') {
    let json: unknown;
    try {
      json = parseJson(text);
    } catch (error) {
      throw new Refusal(400, {
        code: 'C-FORMAT',
        message: `The body is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
        next: 'Send one object or an array of objects; for an object a line, say application/x-ndjson.',
      });
    }
    for (const value of Array.isArray(json) ? json : [json]) yield { ok: true, value };
    return;
  }
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    let event: Event;
    try {
      event = { ok: true, value: parseJson(line) };
    } catch {
      event = { ok: false, text: showValue(line) };
    }
    yield event;
  }
}
