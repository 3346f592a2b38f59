/** What a request is answered with. */
import type { ServerResponse } from 'node:http';
import type { ProblemCode } from '../../contract/problems.ts';

export interface RecordProblem {
  /** Place of the event in the request, from 0. */
  readonly index: number;
  readonly field?: string;
  readonly value?: string;
  readonly expected: string;
}

/** A refusal: no event of the request was taken. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: ProblemCode;
  readonly next: string;
  readonly records: readonly RecordProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    details: {
      readonly code: ProblemCode;
      readonly message: string;
      readonly next: string;
      readonly records?: readonly RecordProblem[];
      readonly headers?: Readonly<Record<string, string>>;
    },
  ) {
    super(details.message);
    this.status = status;
    this.code = details.code;
    this.next = details.next;
    this.records = details.records ?? [];
    this.headers = details.headers ?? {};
  }
}

export function answer(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(`${JSON.stringify(body)}\n`);
}

export function answerRefusal(response: ServerResponse, refusal: Refusal, headers = {}): void {
  const { code, message, next, records } = refusal;
  const error = { code, message, next, ...(records.length > 0 ? { records } : {}) };
  answer(response, refusal.status, { accepted: 0, error }, { ...refusal.headers, ...headers });
}
