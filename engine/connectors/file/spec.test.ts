import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Problem } from '../../contract/problems.ts';
import { type FileConfig, fileSpec, zFile } from './spec.ts';
import type { FileInput } from './testing.ts';

const SCHEMA: FileInput['schema'] = [
  { name: 't', type: 'TIMESTAMP' },
  { name: 'n', type: 'INT' },
];

function check(input: FileInput): { problems: Problem[]; outputs: ReturnType<typeof fileSpec.schemas> } {
  const problems: Problem[] = [];
  const config: FileConfig = zFile.parse(input);
  const outputs = fileSpec.schemas({ config, inputs: {}, report: (found) => void problems.push(found) });
  return { problems, outputs };
}
const told = (input: FileInput): string[] =>
  check(input).problems.map(({ code, path }) => `${code} ${path.join('.')}`);

describe('settings of the file source', () => {
  it('give the fields of the schema, with event time where one is set', () => {
    const time = { field: 't', watermark: { kind: 'ascending' } } as const;
    const { problems, outputs } = check({ path: 'a', schema: SCHEMA, time });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      outputs['out']?.fields.map((f) => f.name),
      ['t', 'n'],
    );
    assert.equal(outputs['out']?.eventTime, true);
    assert.equal(check({ path: 'a', schema: SCHEMA }).outputs['out']?.eventTime, false);
  });

  it('say how to get a schema where there is none', () => {
    const { problems, outputs } = check({ path: 'a' });
    assert.deepEqual(
      problems.map((p) => p.code),
      ['S-SCHEMA'],
    );
    assert.match(problems[0]?.next ?? '', /Infer/);
    assert.equal(outputs['out'], null);
  });

  for (const [what, input, expected] of [
    ['an arrival order that is no time', { order: { by: 'n' } }, ['T-TYPE order.by']],
    ['an arrival order of a field that is not there', { order: { by: 'delay' } }, ['T-FIELD order.by']],
    [
      'a partition field that is not there',
      { partitions: { kind: 'field', field: 'x', count: 2 } },
      ['T-FIELD partitions.field'],
    ],
    ['a replay without a time', { replay: { kind: 'time', speed: 2 } }, ['S-VALUE replay']],
    ['an order of what never ends', { follow: true, order: { by: 't' } }, ['S-VALUE order']],
    ['a JSON array that grows', { follow: true, format: { kind: 'json' } }, ['S-VALUE follow']],
    [
      'a time field that is none',
      { time: { field: 'n', watermark: { kind: 'none' } } },
      ['T-TYPE time.field'],
    ],
  ] as [string, Partial<FileInput>, string[]][]) {
    it(`refuse ${what}`, () => assert.deepEqual(told({ path: 'a', schema: SCHEMA, ...input }), expected));
  }

  it('are summed up on the card', () => {
    const line = (input: FileInput): string => fileSpec.summarize(zFile.parse(input));
    assert.equal(line({ path: 'data/' }), 'data/');
    assert.equal(
      line({ path: 'x/a.json', order: { by: 't' }, replay: { kind: 'time', speed: 36_000 } }),
      'a.json, in arrival order, at 36,000×',
    );
  });

  it('have examples without a problem', () => {
    for (const { config, title } of fileSpec.examples) assert.deepEqual(told(config as FileInput), [], title);
  });
});
