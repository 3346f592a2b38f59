/** What every request must show before anything else is looked at. */
import type { IncomingMessage } from 'node:http';
import type { Session } from './session.ts';

export interface Refusal {
  readonly status: number;
  readonly text: string;
}

/** Names of this machine only: a web page that points its own name here (DNS rebinding) sends that name. */
export function checkHost(request: IncomingMessage, port: number): Refusal | null {
  const host = request.headers.host;
  if (host === `127.0.0.1:${port}` || host === `localhost:${port}`) return null;
  return { status: 421, text: 'This server answers at 127.0.0.1 only.' };
}

/** For what acts or tells: the session's cookie, and a page of ours as the origin (browsers always state it here). */
export function checkCaller(request: IncomingMessage, session: Session): Refusal | null {
  const { origin, host, cookie } = request.headers;
  if (origin !== `http://${host}`) return { status: 403, text: 'Only the studio itself may ask this.' };
  return checkSession(cookie, session);
}

export function checkSession(cookie: string | undefined, session: Session): Refusal | null {
  return session.accepts(cookie)
    ? null
    : { status: 403, text: 'Open the address that Weir printed in its terminal; it works once.' };
}
