/** The native menu. What concerns the document is the studio's to perform: the menu sends it a command. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../ipc/contract.ts';
import type { Windows } from './windows.ts';

export function setupMenu(windows: Windows): void {
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(menuTemplate(process.platform, app.name, (command) => windows.command(command))),
  );
}

export function menuTemplate(
  platform: string,
  appName: string,
  perform: (command: MenuCommand) => void,
): MenuItemConstructorOptions[] {
  const item = (label: string, command: MenuCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => perform(command),
    // Shown only: the studio hears the keys itself, and knows whether a text field should have them.
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const mac = platform === 'darwin';
  return [
    ...(mac ? [{ label: appName, role: 'appMenu' } as const] : []),
    {
      label: 'File',
      submenu: [
        item('New', 'new', 'CmdOrCtrl+N'),
        item('Open…', 'open', 'CmdOrCtrl+O'),
        separator,
        item('Save', 'save', 'CmdOrCtrl+S'),
        item('Save As…', 'save-as', 'CmdOrCtrl+Shift+S'),
        separator,
        { role: mac ? 'close' : 'quit' },
      ],
    },
    {
      label: 'Edit',
      submenu: [
        item('Undo', 'undo', 'CmdOrCtrl+Z'),
        item('Redo', 'redo', 'CmdOrCtrl+Shift+Z'),
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        item('Delete', 'delete'),
        item('Select All', 'select-all', 'CmdOrCtrl+A'),
      ],
    },
    { label: 'Run', submenu: [item('Run', 'run', 'CmdOrCtrl+Enter'), item('Stop', 'stop', 'CmdOrCtrl+.')] },
    {
      label: 'View',
      submenu: [
        item('Zoom to Fit', 'zoom-to-fit'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'windowMenu' },
  ];
}
