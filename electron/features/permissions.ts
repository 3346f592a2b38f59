/** The studio needs the clipboard, and nothing else that a page may ask for. */
import { session } from 'electron';
import { isPage } from './origin.ts';

const ALLOWED: ReadonlySet<string> = new Set(['clipboard-read', 'clipboard-sanitized-write']);

export function setupPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((contents, permission, answer) => {
    answer(ALLOWED.has(permission) && isPage(contents.getURL()));
  });
  session.defaultSession.setPermissionCheckHandler((_contents, permission, origin) => {
    return ALLOWED.has(permission) && isPage(origin);
  });
}
