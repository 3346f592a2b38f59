/** Serves the studio's page as `app://weir/`: an origin of its own, under a policy, without file access. */
import { protocol } from 'electron';
import { contentSecurityPolicy, PAGE_HEADERS, readPageFile } from '../../hosts/page.ts';
import { isPage, PAGE_SCHEME } from './origin.ts';

export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: PAGE_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

export function setupPage(pageDir: string): void {
  const policy = { 'content-security-policy': contentSecurityPolicy("'self'"), ...PAGE_HEADERS };
  protocol.handle(PAGE_SCHEME, async (request) => {
    const file =
      request.method === 'GET' && isPage(request.url)
        ? await readPageFile(pageDir, new URL(request.url).pathname)
        : null;
    if (file === null) return new Response('There is no such page.', { status: 404, headers: policy });
    return new Response(file.bytes, { headers: { ...policy, 'content-type': file.type } });
  });
}
