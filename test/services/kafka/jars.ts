/** The broker's jars: fetched once by Maven into the person's cache, not into the checkout. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const POM = fileURLToPath(new URL('./pom.xml', import.meta.url));
const JAVA_MIN = 17;

export const servicesCache = (): string =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'weir', 'services');

/** The class path; fetches 60 MB where they are not there yet. */
export async function kafkaJars(): Promise<string> {
  const key = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  const folder = join(servicesCache(), `kafka-${key}`);
  if (!existsSync(folder)) {
    // Two that start at once both fetch, and one rename wins: nobody sees half a folder.
    const made = `${folder}.${process.pid}`;
    mkdirSync(servicesCache(), { recursive: true });
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${made}`, '-DincludeScope=runtime'];
    try {
      await run('mvn', ['-q', '-B', '-f', POM, ...goal], { maxBuffer: 16 * 1024 * 1024 });
      renameSync(made, folder);
    } catch (error) {
      rmSync(made, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
  }
  return join(folder, '*');
}

/** Why there can be no broker on this machine, for who skips a test; null: there can. */
export async function whyNoKafka(): Promise<string | null> {
  const java = await run('java', ['-version']).then(
    ({ stderr }) => Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0),
    () => 0,
  );
  if (java < JAVA_MIN)
    return `Kafka needs Java ${JAVA_MIN}, and ${java === 0 ? 'there is none' : `this is ${java}`}`;
  try {
    await kafkaJars();
    return null;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return `the jars of Kafka could not be fetched by Maven: ${text.split('\n')[0]}`;
  }
}
