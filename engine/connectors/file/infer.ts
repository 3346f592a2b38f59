/** Looks at the beginning of the first file and proposes the schema. */
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type { SourceField } from '../../contract/settings.ts';
import { START } from '../../formats/codec.ts';
import { CsvSplitter } from '../../formats/csv/splitter.ts';
import { inferFields } from '../../formats/infer/fields.ts';
import { guessDelimiter, inferCells } from '../../formats/infer/text.ts';
import { ArrayScanner } from '../../formats/json/array-scanner.ts';
import { recordsPath } from '../../formats/json/codec.ts';
import { type LineReceiver, LineSplitter } from '../../formats/lines.ts';
import { parquetTypeName } from '../../formats/parquet/values.ts';
import type { KnownFormat } from '../../formats/spec.ts';
import { bomLength } from '../../formats/utf8.ts';
import { GzipBytes, PlainBytes } from './bytes.ts';
import { type Detected, detect } from './detect.ts';
import { fileError } from './errors.ts';
import { locateFiles } from './locate.ts';
import { type FileConfig, zFile } from './spec.ts';

const SAMPLE_BYTES = 4 * 1024 * 1024;
const SAMPLE_RECORDS = 2000;
/** A document whose array has to be looked for is read whole. */
const WHOLE_BYTES_MAX = 64 * 1024 * 1024;

/** All that inference needs; other settings may be half made. */
const zInferred = z.object({ path: zFile.shape.path, format: zFile.shape.format });

/** @param config of a file source, with or without defaults */
export async function inferFile(
  given: Pick<z.input<typeof zFile>, 'path' | 'format'>,
  baseDir: string,
): Promise<Partial<FileConfig>> {
  const config = readSettings(given);
  const { files } = await locateFiles(config.path, baseDir);
  const [path = ''] = files;
  try {
    const detected = await detect(path, config.format);
    const { schema, format } = await inferOne(path, detected, config.format.kind === 'auto');
    if (schema.length === 0) throw nothingFound(path);
    return { schema, ...(format === null ? {} : { format }) };
  } catch (error) {
    throw fileError(error, path);
  }
}

function readSettings(given: unknown): z.output<typeof zInferred> {
  const result = zInferred.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new WeirError(
    problem('S-VALUE', {
      path: ['config', ...(issue?.path ?? []).map((key) => (typeof key === 'symbol' ? String(key) : key))],
      message: 'The path or the format of the source is not right yet.',
      expected: issue?.message ?? 'a path',
      next: 'Set the path first, then infer the schema.',
    }),
  );
}

interface Inferred {
  readonly schema: SourceField[];
  /** Where more had to be found out than the name says. */
  readonly format: KnownFormat | null;
}

async function inferOne(path: string, detected: Detected, auto: boolean): Promise<Inferred> {
  const { format } = detected;
  switch (format.kind) {
    case 'parquet':
      return { schema: await inferParquet(path), format: null };
    case 'ndjson':
      return { schema: inferFields(await sampleLines(path, detected)), format: null };
    case 'json':
      return inferArray(path, detected, format);
    case 'csv': {
      const lines = await sampleText(path, detected, format.delimiter);
      const delimiter = auto ? guessDelimiter(lines[0] ?? '') : format.delimiter;
      const settings = { ...format, delimiter };
      return {
        schema: inferCells(lines, settings),
        format: delimiter === format.delimiter ? null : settings,
      };
    }
  }
}

/** The file's parts until `enough` says so or the sample is full. */
async function eachPart(
  path: string,
  { gzip }: Detected,
  part: (chunk: Buffer) => boolean,
): Promise<'whole' | 'cut'> {
  const bytes = gzip ? new GzipBytes(path, 0) : await PlainBytes.open(path, 0);
  try {
    for (let read = 0; read < SAMPLE_BYTES; ) {
      const chunk = await bytes.read();
      if (chunk === null) return 'whole';
      read += chunk.length;
      if (part(chunk)) return 'cut';
    }
    return 'cut';
  } finally {
    await bytes.close();
  }
}

async function sampleLines(path: string, detected: Detected): Promise<unknown[]> {
  const records: unknown[] = [];
  const splitter = new LineSplitter(START, SAMPLE_BYTES);
  const to: LineReceiver = {
    line: (bytes, _, number) => addJson(number === 1 ? bytes.subarray(bomLength(bytes)) : bytes, records),
    bad: () => {},
  };
  const part = (chunk: Buffer): boolean => {
    splitter.push(chunk, to);
    return records.length >= SAMPLE_RECORDS;
  };
  if ((await eachPart(path, detected, part)) === 'whole') splitter.end(to);
  return records;
}

/** Records that cannot be read will be dead letters; a sample goes on without them. */
function addJson(bytes: Buffer, records: unknown[]): void {
  try {
    records.push(JSON.parse(bytes.toString('utf8')));
  } catch {}
}

async function inferArray(
  path: string,
  detected: Detected,
  format: Extract<KnownFormat, { kind: 'json' }>,
): Promise<Inferred> {
  const records: unknown[] = [];
  const scanner = new ArrayScanner(recordsPath(format.records), START, SAMPLE_BYTES);
  const to = { element: (bytes: Buffer) => addJson(bytes, records), bad: () => {} };
  await eachPart(path, detected, (chunk) => {
    scanner.push(chunk, to);
    return records.length >= SAMPLE_RECORDS || scanner.state === 'absent' || scanner.state === 'done';
  });
  if (scanner.state === 'absent' && format.records === undefined && !detected.gzip) {
    const found = await findArray(path);
    if (found !== null) {
      const schema = inferFields(found.records.slice(0, SAMPLE_RECORDS));
      return { schema, format: { kind: 'json', records: found.path.join('.') } };
    }
  }
  return { schema: inferFields(records), format: null };
}

/** The first array of objects in a document, with the keys that lead to it. */
async function findArray(path: string): Promise<{ path: string[]; records: unknown[] } | null> {
  const { size } = await stat(path);
  if (size > WHOLE_BYTES_MAX) return null;
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
  const search = (value: unknown, keys: string[]): { path: string[]; records: unknown[] } | null => {
    if (typeof value !== 'object' || value === null || keys.length > 3) return null;
    if (Array.isArray(value)) {
      const isRecords = value.length > 0 && typeof value[0] === 'object' && value[0] !== null;
      return isRecords && !Array.isArray(value[0]) ? { path: keys, records: value } : null;
    }
    for (const [key, inner] of Object.entries(value)) {
      const found = key.includes('.') ? null : search(inner, [...keys, key]);
      if (found !== null) return found;
    }
    return null;
  };
  return search(document, []);
}

async function sampleText(path: string, detected: Detected, delimiter: string): Promise<string[]> {
  const lines: string[] = [];
  const splitter = new CsvSplitter(delimiter, START, SAMPLE_BYTES);
  const to: LineReceiver = {
    line(bytes) {
      const own = lines.length === 0 ? bytes.subarray(bomLength(bytes)) : bytes;
      if (own.length > 0) lines.push(own.toString('utf8'));
    },
    bad: () => {},
  };
  const part = (chunk: Buffer): boolean => {
    splitter.push(chunk, to);
    return lines.length >= SAMPLE_RECORDS;
  };
  if ((await eachPart(path, detected, part)) === 'whole') splitter.end(to);
  return lines;
}

/** Parquet says its types itself. */
async function inferParquet(path: string): Promise<SourceField[]> {
  const [{ parquetSchema }, { formatErrors, openParquet }] = await Promise.all([
    import('hyparquet'),
    import('../../formats/parquet/reader.ts'),
  ]);
  const { metadata } = await formatErrors(path, () => openParquet(path));
  const fields: SourceField[] = [];
  for (const node of parquetSchema(metadata).children) {
    const type = parquetTypeName(node);
    if (type !== null) fields.push({ name: node.element.name, type });
  }
  return fields;
}

const nothingFound = (path: string): WeirError =>
  new WeirError(
    problem('C-FORMAT', {
      path: ['config', 'path'],
      message: 'No records were found from which a schema could be taken.',
      value: showValue(path),
      expected: 'records with fields',
      next: 'Check the path and the format (for GeoJSON and the like: "Records at"), or write the schema.',
    }),
  );
