import { resolve } from 'node:path';
import type { Manifest } from '../checkpoints/format.ts';
import type { Listing } from '../checkpoints/listing.ts';
import { printProblem } from '../contract/problems.ts';
import { bytesText, type Takeover } from '../plan/takeover.ts';
import { type Command, readArgs, UsageError } from './command.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';
import { time } from './format.ts';
import { readNames, readWhich } from './run-checkpoints.ts';

const HELP = `weir checkpoints DIR: what lies in a folder of checkpoints

Lists them, newest first: number, name of a savepoint, when it was taken (UTC), size, and of which nodes it has state. Broken
ones are named. A run may be writing there.

Options
  --json              the list (or with --against, what would be taken over) as one JSON object
  --remove WHICH      removes one, by its number or name; not while a run holds the folder
  --against FILE      what this pipeline would take over of it, node by node, and why not
  --restore WHICH     with --against: of which: latest, a number, or a name (latest)
  --drop-state NODES  with --against: as if this state were given up

Examples
  weir checkpoints /var/tmp/orders
  weir checkpoints /var/tmp/orders --against orders.weir --restore before-the-change
  weir checkpoints /var/tmp/orders --remove before-the-change

${EXIT_HELP}`;

export const command: Command = { help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(args, {
    json: { type: 'boolean', default: false },
    remove: { type: 'string' },
    against: { type: 'string' },
    restore: { type: 'string' },
    'drop-state': { type: 'string' },
  });
  const [given, ...more] = positionals;
  if (given === undefined) throw new UsageError('which folder? Expected the one of --checkpoints');
  if (more.length > 0) throw new UsageError(`one folder at a time, not also ${more.join(' ')}`);
  const folder = resolve(given);
  const { against, remove, restore = 'latest' } = values;
  if (against === undefined && (values.restore !== undefined || values['drop-state'] !== undefined))
    throw new UsageError('--restore and --drop-state go with --against FILE');
  const drop = readNames(values['drop-state'] ?? '');
  if (against !== undefined)
    return compare(folder, against, readWhich('restore', restore), drop, values.json);
  const { listCheckpoints, removeCheckpoint } = await import('../checkpoints/listing.ts');
  if (remove !== undefined) {
    if (remove === 'latest') throw new UsageError('--remove latest: expected a number or a name');
    console.log(`checkpoint ${await removeCheckpoint(folder, readWhich('remove', remove))} is removed`);
    return EXIT.ok;
  }
  const listing = await listCheckpoints(folder);
  console.log(values.json ? JSON.stringify(asJson(listing), null, 2) : printed(folder, listing));
  return listing.broken.length > 0 ? EXIT.problems : EXIT.ok;
}

const bytesOf = ({ parts }: Manifest): number => parts.reduce((sum, part) => sum + part.bytes, 0);
/** Without that of the run itself. */
const partsOf = ({ parts }: Manifest): Manifest['parts'] => parts.filter((part) => part.node !== '');

const asJson = ({ whole, broken }: Listing): object => ({
  checkpoints: whole.map((manifest) => ({
    id: manifest.id,
    name: manifest.name,
    takenAt: manifest.takenAt,
    tookMs: manifest.tookMs,
    bytes: bytesOf(manifest),
    nodes: partsOf(manifest).map(({ node, type, bytes, overtaken }) => ({
      node,
      type,
      bytes,
      ...(overtaken === undefined ? {} : { overtaken }),
    })),
  })),
  broken,
});

function printed(folder: string, { whole, broken }: Listing): string {
  const rows = whole.map((manifest) => [
    String(manifest.id),
    manifest.name ?? '',
    time(Math.floor(manifest.takenAt / 1000) * 1000),
    bytesText(bytesOf(manifest)),
    partsOf(manifest)
      .map((part) => part.node)
      .join(', '),
  ]);
  const lines =
    whole.length === 0
      ? [`There is no whole checkpoint in ${folder}.`]
      : aligned(['id', 'name', 'taken', 'size', 'nodes'], rows);
  return [...lines, ...broken.map((text) => `broken: ${text}`)].join('\n');
}

function aligned(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [titles, ...rows];
  const widths = titles.map((_, c) => Math.max(...all.map((row) => row[c]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

async function compare(
  folder: string,
  file: string,
  which: string | number,
  drop: readonly string[],
  json: boolean,
): Promise<number> {
  const [{ loadPipeline }, { readCheckpoint }, { checkGraph }, { takeOver }] = await Promise.all([
    import('./load.ts'),
    import('../checkpoints/listing.ts'),
    import('../plan/check.ts'),
    import('../plan/takeover.ts'),
  ]);
  const { document, problems } = await loadPipeline(file);
  for (const found of problems) console.error(printProblem(found));
  if (document === null) return EXIT.problems;
  const { manifest } = await readCheckpoint(folder, which);
  const takeover = takeOver(manifest.parts, checkGraph(document), drop);
  console.log(
    json
      ? JSON.stringify({ checkpoint: manifest.id, name: manifest.name, ...takeover }, null, 2)
      : told(takeover).join('\n'),
  );
  return takeover.problems.length > 0 ? EXIT.problems : EXIT.ok;
}

const FATES = {
  kept: 'goes on',
  new: 'begins',
  dropped: 'given up',
  refused: 'REFUSED',
  gone: 'gone',
} as const;

function told({ nodes, problems }: Takeover): string[] {
  const rows = nodes.map(({ node, type, fate, bytes, why }) => [
    node,
    type,
    FATES[fate],
    bytes === 0 ? '' : bytesText(bytes),
    why,
  ]);
  return [...aligned(['node', 'type', 'state', 'size', 'why'], rows), ...problems.map(printProblem)];
}
