import { resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

/**
 * The one file that child.ts hands to the runner: it imports the test files. The runner would do that too, but an
 * error at the top of a file is lost there if the file has registered a test before (Node 26.10).
 */
for (const file of process.argv.slice(2)) {
  try {
    await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    test(`${file} loads`, () => {
      throw error;
    });
  }
}
