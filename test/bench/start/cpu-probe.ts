/** Loaded before a program (`node --import`): writes what CPU time its process took between two moments. */
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const { WEIR_PROBE_FILE: file, WEIR_PROBE_FROM_MS: from, WEIR_PROBE_MS: length } = process.env;
if (isMainThread && file !== undefined) {
  setTimeout(() => {
    const before = process.cpuUsage();
    const start = performance.now();
    setTimeout(() => {
      const { user, system } = process.cpuUsage(before);
      const share = (user + system) / 1000 / (performance.now() - start);
      writeFileSync(file, JSON.stringify({ share }));
    }, Number(length)).unref();
  }, Number(from)).unref();
}
