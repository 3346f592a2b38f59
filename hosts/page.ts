/** The studio's built page, as any host serves it: which file an address means, and under which policy it runs. */
import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/**
 * No script but the page's own files, no connection but to the host. React sets styles as attributes through the
 * DOM, which no policy restrains; `style-src-attr` is for markup that libraries write.
 */
export const contentSecurityPolicy = (connect: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "worker-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Headers of every answer of a page, beside its policy. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether its name changes with its content. */
  readonly immutable: boolean;
}

/** Null: there is no such file. `pathname` is the address's path, still percent-encoded. */
export async function readPageFile(root: string, pathname: string): Promise<PageFile | null> {
  const path = resolveInside(root, pathname);
  const type = path === null ? undefined : TYPES[extname(path)];
  if (path === null || type === undefined) return null;
  try {
    return { type, bytes: await readFile(path), immutable: pathname.startsWith('/assets/') };
  } catch {
    return null;
  }
}

/** The file below `root` that an address names; null for anything that would lead out of it. */
export function resolveInside(root: string, pathname: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  const path = join(root, decoded === '/' ? 'index.html' : decoded);
  return path.startsWith(root.endsWith(sep) ? root : root + sep) ? path : null;
}
