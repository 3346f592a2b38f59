import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHAOS_SYNTAX, parseChaos } from './chaos.ts';

test('every form of the text is one fault', () => {
  const text =
    'fail=sink@3000, fail=each~0.001, kill@2s, kill@200..1500, stall=src:7@1s+500ms, slow=out:50, bad=src~1e-2, full=out@4096, ack=out@2, ack=out:1s, jump=-1h@10s, seed=9';
  assert.deepEqual(parseChaos(text), {
    seed: 9,
    faults: [
      { kind: 'fail', node: 'sink', record: 3000 },
      { kind: 'fail', node: 'each', chance: 0.001 },
      { kind: 'kill', after: '2 s' },
      { kind: 'kill', after: '200 ms', until: '1 s 500 ms' },
      { kind: 'stall', source: 'src', partition: '7', after: '1 s', for: '500 ms' },
      { kind: 'slow', sink: 'out', by: '50 ms' },
      { kind: 'bad', source: 'src', chance: 0.01 },
      { kind: 'full', sink: 'out', bytes: 4096 },
      { kind: 'ack', sink: 'out', commit: 2 },
      { kind: 'ack', sink: 'out', by: '1 s' },
      { kind: 'jump', by: '-1 h', after: '10 s' },
    ],
  });
});

test('a partition may be called anything, a file with a colon in its name too', () => {
  assert.deepEqual(parseChaos('stall=src:a:b@c.csv@0+1s'), {
    faults: [{ kind: 'stall', source: 'src', partition: 'a:b@c.csv', after: '0 s', for: '1 s' }],
  });
});

test('what is not understood is named', () => {
  for (const [text, found] of [
    ['', /^"" is none/],
    ['explode', /^"explode" is none/],
    ['fail=sink', /^"fail=sink" is none/],
    ['fail=sink@0', /^fail=sink@0: record /],
    ['fail=sink~2', /^fail=sink~2: chance /],
    ['kill@soon', /^kill@soon: after expected a duration/],
    ['slow=out:0', /^slow=out:0: by expected a duration/],
    ['seed=4', /names no failure/],
    ['kill@1s,seed=99999999999', /^seed/],
  ] as const) {
    const parsed = parseChaos(text);
    assert.ok(typeof parsed === 'string', text);
    assert.match(parsed, found);
  }
});

test('the help names every kind', () => {
  for (const kind of ['fail', 'kill', 'stall', 'slow', 'bad', 'full', 'ack', 'jump', 'seed'])
    assert.match(CHAOS_SYNTAX, new RegExp(`(^|\\n)${kind}[=@]`));
});
