/** A studio that crashed or hangs is offered again. Runs live in the engine process, and go on meanwhile. */
import { app, dialog, type WebContents } from 'electron';

export function setupRecovery(): void {
  app.on('render-process-gone', (_event, contents, { reason }) => {
    if (reason === 'clean-exit' || contents.isDestroyed()) return;
    offerReload(contents, 'The studio stopped working.', `Reason: ${reason}. Running pipelines go on.`);
  });
  app.on('web-contents-created', (_event, contents) => {
    contents.on('unresponsive', () => {
      offerReload(contents, 'The studio does not answer.', 'You can wait, or load it again.');
    });
  });
}

function offerReload(contents: WebContents, message: string, detail: string): void {
  const choice = dialog.showMessageBoxSync({
    type: 'error',
    message,
    detail,
    buttons: ['Load again', 'Wait'],
    defaultId: 0,
    cancelId: 1,
  });
  if (choice === 0) contents.reload();
}
