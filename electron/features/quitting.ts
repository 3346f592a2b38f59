/** Before the app ends, the engine ends: its runs finish their files. */
import { app } from 'electron';
import type { EngineProcess } from '../engine-host/engine-process.ts';
import type { Windows } from './windows.ts';

export function setupQuitting(engine: EngineProcess, windows: Windows): void {
  let ended = false;
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    ended = true;
    windows.current?.destroy();
    void engine.stop().finally(() => app.quit());
  });
}
