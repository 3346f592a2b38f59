/** The window shows the studio and nothing else; links go to the browser. */
import { app, shell } from 'electron';

export function setupNavigation(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      // Documents come from strangers: their links may name a web page, never a program.
      if (URL.parse(url)?.protocol === 'https:') void shell.openExternal(url).catch(() => {});
      return { action: 'deny' };
    });
  });
}
