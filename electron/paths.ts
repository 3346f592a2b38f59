import { join } from 'node:path';

export interface Installation {
  readonly page: string;
  readonly preload: string;
  readonly engineEntry: string;
  readonly examples: string;
}

/** The same in the checkout and in the packaged archive. @param root `app.getAppPath()` */
export const installation = (root: string): Installation => ({
  page: join(root, 'dist', 'renderer'),
  preload: join(root, 'dist', 'electron', 'preload.cjs'),
  engineEntry: join(root, 'dist', 'engine', 'host.js'),
  examples: join(root, 'examples'),
});
