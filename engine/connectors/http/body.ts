/** Reads a request's body within its limits. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Clock } from '../../runtime/clock.ts';
import { Refusal } from './answer.ts';

export interface BodyLimits {
  /** Bytes, after unpacking. */
  readonly bytesMax: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Stops reading when the run stops. */
  readonly signal: AbortSignal;
  /** Called with every change of the bytes that are held; throws a refusal when all requests together hold too many. */
  hold(bytes: number): void;
}

/** The unpacked body. Rejects with a `Refusal`, after which the rest of the body is not read. */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Uint8Array> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limits.bytesMax) return Promise.reject(tooLarge(limits));
  return new Promise((resolve, reject) => {
    const stream = unpacked(request);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const cancelTimer = limits.clock.at(limits.clock.now() + limits.timeoutMs, () => fail(tooSlow(limits)));
    const onAbort = (): void => fail(stopping());

    function settle(): void {
      cancelTimer();
      limits.signal.removeEventListener('abort', onAbort);
      stream.off('data', onData);
      limits.hold(-bytes);
      bytes = 0;
    }
    function fail(cause: unknown): void {
      settle();
      // A torn connection may still report its error: it was answered for here.
      stream.on('error', () => {});
      request.on('error', () => {});
      request.unpipe();
      reject(cause);
    }
    function onData(chunk: Uint8Array): void {
      try {
        if (bytes + chunk.length > limits.bytesMax) throw tooLarge(limits);
        limits.hold(chunk.length);
        bytes += chunk.length;
        chunks.push(chunk);
      } catch (error) {
        fail(error);
      }
    }

    limits.signal.addEventListener('abort', onAbort, { once: true });
    stream.on('data', onData);
    stream.once('end', () => {
      settle();
      resolve(Buffer.concat(chunks));
    });
    stream.once('error', () => fail(stream === request ? torn() : notGzip()));
    request.once('close', () => {
      if (!request.complete) fail(torn());
    });
  });
}

/** The body's bytes as they were before `Content-Encoding`. */
function unpacked(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  return encoding === 'gzip' ? request.pipe(createGunzip()) : request;
}

export const stopping = (): Refusal =>
  new Refusal(503, {
    code: 'R-NODE',
    message: 'The run is stopping.',
    next: 'Send the events again when it runs.',
  });

const tooLarge = ({ bytesMax }: BodyLimits): Refusal =>
  new Refusal(413, {
    code: 'C-LIMIT',
    message: `The body is larger than ${bytesMax} bytes.`,
    next: 'Send fewer events in a request, or raise "Largest body" of the source.',
  });

const tooSlow = ({ timeoutMs }: BodyLimits): Refusal =>
  new Refusal(408, {
    code: 'C-LIMIT',
    message: `The body did not end within ${timeoutMs} ms.`,
    next: 'Send the events again, fewer in a request.',
  });

const notGzip = (): Refusal =>
  new Refusal(400, {
    code: 'C-FORMAT',
    message: 'The body is not gzip, as its Content-Encoding says, or it was cut.',
    next: 'Pack it again, or leave Content-Encoding out.',
  });

const torn = (): Refusal =>
  new Refusal(400, {
    code: 'C-FORMAT',
    message: 'The connection ended before the body did.',
    next: 'Send the events again.',
  });
