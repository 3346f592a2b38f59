import { z } from 'zod';
import { nearest } from '../contract/problems.ts';
import type { NodeSpec } from '../contract/spec.ts';
import { SPECS, specOf } from '../specs.ts';
import { type Command, readArgs, UsageError } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { groupOf, NODE_GROUPS } from './node-groups.ts';
import { configSchema, type SettingRow, settingRows } from './setting-rows.ts';

const HELP = `weir nodes [TYPE]: list the node types, or explain one

Options
  --json    as JSON, with the JSON Schema of the settings

Examples
  weir nodes
  weir nodes window
  weir nodes file --json | jq .config`;

export const command: Command = { help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(args, { json: { type: 'boolean', default: false } });
  const [type, ...more] = positionals;
  if (more.length > 0) throw new UsageError('one type at a time');
  if (type === undefined) {
    console.log(values.json ? JSON.stringify(SPECS.map(specJson)) : list());
    return EXIT.ok;
  }
  const spec = specOf(type);
  if (spec === null) {
    const near = nearest(
      type,
      SPECS.map((known) => known.type),
    );
    throw new UsageError(
      `there is no node type '${type}'${near === null ? '' : `; did you mean '${near}'?`}`,
    );
  }
  console.log(values.json ? JSON.stringify(specJson(spec)) : explain(spec));
  return EXIT.ok;
}

function list(): string {
  const width = Math.max(...SPECS.map((spec) => spec.type.length));
  return NODE_GROUPS.map(([group, title]) => {
    const lines = SPECS.filter((spec) => groupOf(spec) === group).map(
      (spec) => `  ${spec.type.padEnd(width)}  ${spec.summary}`,
    );
    return [title, ...lines].join('\n');
  }).join('\n\n');
}

function explain(spec: NodeSpec): string {
  const ports = (title: string, of: NodeSpec['inputs']): string[] =>
    of.length === 0 ? [] : [`${title}: ${of.map((port) => port.name).join(', ')}`];
  return [
    `${spec.label} (${spec.type}): ${spec.summary}`,
    '',
    spec.description,
    '',
    ...ports('Inputs', spec.inputs),
    ...ports('Outputs', spec.outputs),
    '',
    ...settings(settingRows(configSchema(spec))),
    'Examples',
    ...spec.examples.map(({ title, config }) => `  ${title}\n    ${JSON.stringify(config)}`),
  ].join('\n');
}

/** One setting a line, and its description below where it says more than the title. */
function settings(rows: readonly SettingRow[]): string[] {
  if (rows.length === 0) return ['It has no settings.', ''];
  const lines = rows.flatMap((row) => {
    const fallback = row.required ? 'required' : row.default === null ? '' : `left out: ${row.default}`;
    const where = row.kinds.length === 0 ? '' : `for ${row.kinds.join(', ')}`;
    const facts = [row.type.replaceAll('`', ''), where, fallback].filter((fact) => fact !== '').join('; ');
    return [
      `  ${row.path}  ${row.title}: ${facts}`,
      ...(row.description === '' ? [] : [`      ${row.description}`]),
    ];
  });
  return ['Settings', ...lines, ''];
}

function specJson(spec: NodeSpec): unknown {
  const { type, kind, label, summary, description, inputs, outputs, stateful, targets } = spec;
  const config = z.toJSONSchema(spec.config, { io: 'input', unrepresentable: 'any' });
  return { type, kind, label, summary, description, inputs, outputs, stateful, targets, config };
}
