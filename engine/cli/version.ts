import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../serve/locate.ts';

export function version(): string {
  const json: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : 'unknown';
}
