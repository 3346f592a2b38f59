/** What a file is: packed or not, and in which format, by its name and its first bytes. */
import { type FileHandle, open } from 'node:fs/promises';
import { gunzipSync, constants as zlib } from 'node:zlib';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type { FormatSettings, KnownFormat } from '../../formats/spec.ts';
import { bomLength } from '../../formats/utf8.ts';

const HEAD_BYTES = 64 * 1024;

export interface Detected {
  readonly gzip: boolean;
  readonly format: KnownFormat;
}

const BY_EXTENSION: Readonly<Record<string, KnownFormat | null>> = {
  ndjson: { kind: 'ndjson' },
  jsonl: { kind: 'ndjson' },
  ldjson: { kind: 'ndjson' },
  csv: { kind: 'csv', header: true, delimiter: ',' },
  tsv: { kind: 'csv', header: true, delimiter: '\t' },
  parquet: { kind: 'parquet' },
};

export async function detect(path: string, settings: FormatSettings): Promise<Detected> {
  const handle = await open(path, 'r');
  try {
    const head = await readHead(handle);
    const gzip = head[0] === 0x1f && head[1] === 0x8b;
    if (settings.kind !== 'auto') return { gzip, format: settings };
    return { gzip, format: byName(path) ?? byContent(gzip ? unpackHead(head) : head, path) };
  } finally {
    await handle.close();
  }
}

async function readHead(handle: FileHandle): Promise<Buffer> {
  const buffer = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await handle.read(buffer, 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}

/** The beginning of what the beginning of a gzip file holds. */
function unpackHead(head: Buffer): Buffer {
  try {
    return gunzipSync(head, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: 16 * 1024 * 1024 });
  } catch {
    return Buffer.alloc(0);
  }
}

function byName(path: string): KnownFormat | null {
  const name = path.toLowerCase().replace(/\.gz$/, '');
  const extension = name.slice(name.lastIndexOf('.') + 1);
  return Object.hasOwn(BY_EXTENSION, extension) ? (BY_EXTENSION[extension] ?? null) : null;
}

function byContent(head: Buffer, path: string): KnownFormat {
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return { kind: 'parquet' };
  const text = head.subarray(bomLength(head)).toString('utf8').trimStart();
  if (text.startsWith('[')) return { kind: 'json' };
  const [line = ''] = text.split('\n', 1);
  if (text.startsWith('{')) return isJson(line) ? { kind: 'ndjson' } : { kind: 'json' };
  if (text === '' && /\.(json|geojson)(\.gz)?$/i.test(path)) return { kind: 'ndjson' };
  throw new WeirError(
    problem('C-FORMAT', {
      path: ['config', 'format'],
      message: 'Neither the name nor the beginning of the file says which format it has.',
      value: showValue(path),
      expected: 'a name that ends in .ndjson, .json, .csv, .tsv or .parquet',
      next: 'Pick the format in the settings of the source.',
    }),
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
