/** The one origin that the shell trusts: its own page. */
export const PAGE_SCHEME = 'app';
export const PAGE_HOST = 'weir';
export const PAGE_URL = `${PAGE_SCHEME}://${PAGE_HOST}/`;

/** A URL's `origin` is "null" for schemes that are not the web's: scheme and host are compared. */
export function isPage(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && parsed.protocol === `${PAGE_SCHEME}:` && parsed.host === PAGE_HOST;
}
