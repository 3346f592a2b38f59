/** A source that ends long before the other, or gives nothing at all: every join gives what a join of the whole tables gives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standing } from '../../engine/runtime/captured.ts';
import { figures, finished, type Node, type Rows, run, source } from './pipeline.ts';

const at = (second: number) => `2026-01-01T00:00:0${second}Z`;
const LEFT: Rows = [
  { at: at(1), k: 1, l: 'a' },
  { at: at(2), k: 2, l: 'b' },
  { at: at(3), k: null, l: 'c' },
  { at: at(4), k: 1, l: 'd' },
];
const RIGHT: Rows = [
  { at: at(1), id: 1, r: 'x' },
  { at: at(1), id: 3, r: 'y' },
  { at: at(1), id: null, r: 'z' },
];

const on = [{ left: 'k', right: 'id' }];
const KINDS = ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const;
type Kind = (typeof KINDS)[number];
const minute = { kind: 'tumbling', size: '1 min' };

const joins: readonly (readonly [name: string, kinds: readonly Kind[], of: (join: Kind) => Node])[] = [
  ['join', KINDS, (join) => ({ type: 'join', config: { join, on } })],
  ['window join', KINDS, (join) => ({ type: 'window-join', config: { join, on, window: minute } })],
  [
    'interval join',
    ['inner', 'left', 'right', 'full'],
    (join) => ({ type: 'interval-join', config: { join, on, lower: '-1 min', upper: '1 min' } }),
  ],
  ['temporal join', ['inner', 'left'], (join) => ({ type: 'temporal-join', config: { join, on } })],
];

/** The join of two tables, written out: `l` and `r` of each row. */
function naive(join: Kind, left: Rows, right: Rows): string[] {
  const pairs = left.flatMap((a) =>
    right.filter((b) => a['k'] === b['id'] && a['k'] !== null).map((b) => [a, b] as const),
  );
  const row = (a: Rows[number] | null, b: Rows[number] | null) => `${a?.['l'] ?? ''}${b?.['r'] ?? ''}`;
  const alone = (rows: Rows, side: 0 | 1) => rows.filter((x) => !pairs.some((pair) => pair[side] === x));
  if (join === 'semi') return left.filter((a) => !alone(left, 0).includes(a)).map((a) => row(a, null));
  if (join === 'anti') return alone(left, 0).map((a) => row(a, null));
  return [
    ...pairs.map(([a, b]) => row(a, b)),
    ...(join === 'left' || join === 'full' ? alone(left, 0).map((a) => row(a, null)) : []),
    ...(join === 'right' || join === 'full' ? alone(right, 1).map((b) => row(null, b)) : []),
  ];
}

/** Records of a slow source come a second apart by the clock; those of the other are all there at once, and it ends. */
const slow = (node: Node): Node => ({ ...node, config: { ...node.config, rate: 1 } });
const ends: readonly (readonly [
  name: string,
  left: Rows,
  right: Rows,
  slow: readonly ('left' | 'right')[],
])[] = [
  ['both at once', LEFT, RIGHT, []],
  ['left ends first', LEFT, RIGHT, ['right']],
  ['right ends first', LEFT, RIGHT, ['left']],
  ['both slowly', LEFT, RIGHT, ['left', 'right']],
  ['left is empty', [], RIGHT, ['right']],
  ['right is empty', LEFT, [], ['left']],
  ['both are empty', [], [], []],
];

for (const [name, kinds, of] of joins) {
  for (const [when, left, right, delayed] of ends) {
    test(`${name}: ${when}`, async () => {
      for (const kind of kinds) {
        const sides = {
          left: source('at TIMESTAMP, k INT, l STRING', left),
          right: source('at TIMESTAMP, id INT, r STRING', right),
        };
        for (const side of delayed) sides[side] = slow(sides[side]);
        const result = await run(of(kind), sides);
        finished(result);
        const rows = standing(result.rows['out'] ?? []).map((row) => `${row['l'] ?? ''}${row['r'] ?? ''}`);
        assert.deepEqual(rows.sort(), naive(kind, left, right).sort(), kind);
        const { recordsIn, late } = figures(result);
        assert.deepEqual([recordsIn, late], [left.length + right.length, 0], kind);
      }
    });
  }
}
