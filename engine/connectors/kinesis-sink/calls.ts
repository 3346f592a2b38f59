/** PutRecords within its limits, and what to send again. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { Clock } from '../../runtime/clock.ts';
import { wait } from '../../runtime/wait.ts';
import { isPassing } from '../kinesis/errors.ts';

export interface OutRecord {
  readonly data: Buffer;
  readonly key: string;
  readonly hash: string | null;
}

const CALL_RECORDS = 500;
const CALL_BYTES = 5 * 1024 * 1024;
export const RECORD_BYTES = 1024 * 1024;
const BACKOFF_FIRST_MS = 50;
const BACKOFF_MOST_MS = 5000;

/** What counts against the limits: data and key. */
export const sizeOf = ({ data, key }: OutRecord): number => data.length + Buffer.byteLength(key);

/** Where the call ends that begins with the record at `from`. @param oneOfEach at most one record of each key */
export function callEnd(records: readonly OutRecord[], from: number, oneOfEach: boolean): number {
  const keys = new Set<string>();
  const most = Math.min(records.length, from + CALL_RECORDS);
  let bytes = 0;
  for (let n = from; n < most; n++) {
    const record = records[n] as OutRecord;
    bytes += sizeOf(record);
    if ((n > from && bytes > CALL_BYTES) || (oneOfEach && keys.has(record.key))) return n;
    keys.add(record.key);
  }
  return most;
}

export interface CallParts {
  readonly client: KinesisClient;
  readonly stream: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** 0 to 1, of the run's seed. */
  random(): number;
  /** Records were refused, or the service stumbled; told once until a call goes through whole. */
  trouble(text: string): void;
}

/** Sends one call's records until all of them were taken. Rejects where the signal aborts, or with what cannot be mended. */
export async function put(records: readonly OutRecord[], parts: CallParts): Promise<void> {
  const { clock, signal } = parts;
  let left = records;
  for (let tries = 0; ; tries++) {
    signal.throwIfAborted();
    left = await once(left, parts);
    if (left.length === 0) return;
    const longest = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** tries);
    await wait(clock, longest * (0.5 + parts.random() / 2), signal);
  }
}

/** Those that were refused. */
async function once(
  records: readonly OutRecord[],
  { client, stream, signal, trouble }: CallParts,
): Promise<readonly OutRecord[]> {
  const command = new PutRecordsCommand({
    StreamName: stream,
    Records: records.map(({ data, key, hash }) => ({
      Data: data,
      PartitionKey: key,
      ...(hash === null ? {} : { ExplicitHashKey: hash }),
    })),
  });
  try {
    const { FailedRecordCount = 0, Records = [] } = await client.send(command, { abortSignal: signal });
    if (FailedRecordCount === 0) return [];
    const refused = records.filter((_, n) => Records[n]?.ErrorCode !== undefined);
    const why = Records.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorCode ?? '';
    trouble(`${refused.length} of ${records.length} records were refused (${why}) and are sent again.`);
    return refused;
  } catch (error) {
    if (signal.aborted || !isPassing(error)) throw error;
    const text = error instanceof Error ? error.message : String(error);
    trouble(`A call failed and is made again: ${text}`);
    return records;
  }
}
