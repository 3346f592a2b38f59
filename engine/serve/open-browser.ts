import { spawn } from 'node:child_process';

/** Opens the default browser. Never fails: the address is printed anyway, and a machine may have no browser. */
export function openBrowser(url: string, platform: string = process.platform): void {
  const [command, args] = commandFor(url, platform);
  try {
    const child = spawn(command, args, { stdio: 'ignore', detached: true });
    child.on('error', () => {});
    child.unref();
  } catch {}
}

/** No shell in between: an address is never taken for a command. */
export function commandFor(url: string, platform: string): [command: string, args: string[]] {
  if (platform === 'darwin') return ['open', [url]];
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]];
  return ['xdg-open', [url]];
}
