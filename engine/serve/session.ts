/**
 * Who may use the studio of this host: the browser that was given the printed address, and nobody else on the machine
 * or the web. The address holds a token that works once, and is exchanged for a cookie that scripts cannot read.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';

export class Session {
  #token: string | null = secret();
  readonly #cookie = secret();
  readonly #name: string;

  /** Cookies know no ports: the name tells two hosts on one machine apart. */
  constructor(port: number) {
    this.#name = `weir-${port}`;
  }

  /** Of the printed address; null once it was used. */
  get token(): string | null {
    return this.#token;
  }

  /** Uses the token up. The value for `Set-Cookie`, or null where the token is not the one. */
  exchange(token: string): string | null {
    if (this.#token === null || !same(token, this.#token)) return null;
    this.#token = null;
    return `${this.#name}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** @param header the request's `Cookie` header */
  accepts(header: string | undefined): boolean {
    for (const pair of (header ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (
        at > 0 &&
        pair.slice(0, at).trim() === this.#name &&
        same(pair.slice(at + 1).trim(), this.#cookie)
      ) {
        return true;
      }
    }
    return false;
  }
}

const secret = (): string => randomBytes(32).toString('base64url');

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
