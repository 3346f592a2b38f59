/** `docs/reference/`: node types, functions and errors, from what the code says of itself. */
import { groupOf, NODE_GROUPS } from '../../engine/cli/node-groups.ts';
import { configSchema, type SettingRow, settingRows } from '../../engine/cli/setting-rows.ts';
import { printKeeping } from '../../engine/contract/keeping.ts';
import { CODES } from '../../engine/contract/problems.ts';
import type { NodeSpec, PortSpec } from '../../engine/contract/spec.ts';
import { FUNCTIONS } from '../../engine/expressions/index.ts';
import { holdsState } from '../../engine/plan/holds-state.ts';
import { SPECS } from '../../engine/specs.ts';
import type { Generator } from '../generate.ts';

const HEAD = '<!-- generated; run npm run generate -->\n\n';

export const reference: readonly Generator[] = [
  { path: 'docs/reference/nodes.md', make: async () => HEAD + nodes() },
  { path: 'docs/reference/functions.md', make: async () => HEAD + functions() },
  { path: 'docs/reference/errors.md', make: async () => HEAD + errors() },
];

function nodes(): string {
  const sections = NODE_GROUPS.map(([group, title]) => {
    const specs = SPECS.filter((s) => groupOf(s) === group);
    return `**${title}**\n\n${specs.map((s) => `- [${heading(s)}](#${anchor(s)}) (\`${s.type}\`): ${s.summary}`).join('\n')}`;
  });
  const inOrder = NODE_GROUPS.flatMap(([group]) => SPECS.filter((s) => groupOf(s) === group));
  return `# Node types\n\n${sections.join('\n\n')}\n\n${inOrder.map(node).join('\n')}`;
}

/** With its kind: there is a File that reads and one that writes. */
const heading = (spec: NodeSpec): string => `${spec.label} (${spec.kind})`;

/** As GitHub makes it of a heading. */
const anchor = (spec: NodeSpec): string =>
  heading(spec).toLowerCase().replace(/[()]/g, '').replaceAll(' ', '-');

function node(spec: NodeSpec): string {
  const facts = [
    `\`"type": "${spec.type}"\``,
    spec.stateful ? 'keeps state' : 'keeps no state',
    ...(spec.replayable === undefined
      ? []
      : [spec.replayable ? 'can be read again' : 'cannot be read again']),
  ];
  const parts = [
    `## ${heading(spec)}\n`,
    `${spec.summary}\n`,
    `${facts.join(' · ')}\n`,
    `${spec.description}\n`,
    keeping(spec),
    ports('Inputs', spec.inputs),
    ports(
      spec.outputsFor === undefined ? 'Outputs' : 'Outputs, beside those that its settings make',
      spec.outputs,
    ),
    settings(settingRows(configSchema(spec))),
    ...spec.examples.map(example),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** What may change when a run goes on from a checkpoint of an earlier version of the graph. */
const keeping = (spec: NodeSpec): string =>
  holdsState(spec) ? `May change while a checkpoint’s state is kept: ${printKeeping(spec.keeps)}.\n` : '';

const ROLES = { main: '', late: ', late records', 'dead-letter': ', bad records' } as const;

function ports(title: string, list: readonly PortSpec[]): string {
  if (list.length === 0) return '';
  const texts = list.map(
    (p) => `\`${p.name}\`${ROLES[p.role]}${p.many === true ? ', any number of edges' : ''}`,
  );
  return `${title}: ${texts.join('; ')}\n`;
}

function settings(rows: readonly SettingRow[]): string {
  if (rows.length === 0) return 'It has no settings.\n';
  const lines = rows.map((row) => {
    const where = row.kinds.length === 0 ? '' : `For ${row.kinds.map((k) => `\`${k}\``).join(', ')}. `;
    const fallback = row.default === null ? (row.required ? 'required' : '') : `\`${row.default}\``;
    return line(`\`${row.path}\``, row.title, row.type, fallback, (where + row.description).trim());
  });
  return `${line('Setting', 'Title', 'Type', 'Default', 'Description')}\n${line('---', '---', '---', '---', '---')}\n${lines.join('\n')}\n`;
}

const line = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;

function example(given: NodeSpec['examples'][number]): string {
  const parts = [`### Example: ${given.title}\n`, block('json', JSON.stringify(given.config, null, 2))];
  if (given.fields !== undefined) {
    const fields = Object.entries(given.fields).map(([name, type]) => `\`${name} ${type}\``);
    parts.push(`Fields of the input: ${fields.join(', ')}\n`);
  }
  if (given.input !== undefined) parts.push(`Records in:\n\n${rows(given.input)}`);
  if (given.output !== undefined) parts.push(`Records out:\n\n${rows(given.output)}`);
  return parts.join('\n');
}

const rows = (records: readonly unknown[]): string =>
  block('json', records.map((record) => JSON.stringify(record)).join('\n'));

const block = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\`\n`;

const GROUPS = {
  number: 'Numbers',
  string: 'Text',
  time: 'Time',
  array: 'Arrays and rows',
  json: 'JSON',
  condition: 'Conditions',
} as const;

function functions(): string {
  const sections = Object.entries(GROUPS).map(([group, title]) => {
    const own = FUNCTIONS.filter((f) => f.group === group).map(fn);
    return `## ${title}\n\n${own.join('\n')}`;
  });
  return `# Functions\n\nOf SQL expressions, in every setting that takes one.\n\n${sections.join('\n')}`;
}

function fn(spec: (typeof FUNCTIONS)[number]): string {
  const note = spec.note === undefined ? '' : `${spec.note}\n\n`;
  const shown = `${spec.example.text} → ${JSON.stringify(spec.example.result)}`;
  return `### ${spec.name}\n\n\`${spec.signature}\`: ${spec.reference}\n\n${note}${block('sql', shown)}`;
}

const AREAS: Readonly<Record<string, string>> = {
  D: 'Document',
  G: 'Graph',
  T: 'Types and expressions',
  S: 'Settings',
  R: 'Run',
  C: 'Connectors',
  K: 'Checkpoints',
  L: 'Link between studio and engine',
};

function errors(): string {
  const sections = Object.entries(AREAS).map(([area, title]) => {
    const own = Object.entries(CODES).filter(([code]) => code.startsWith(`${area}-`));
    const lines = own.map(([code, meaning]) => line(`\`${code}\``, meaning));
    return `## ${title}\n\n${line('Code', 'Meaning')}\n${line('---', '---')}\n${lines.join('\n')}\n`;
  });
  const intro =
    'Every error that Weir states has one of these codes, and says where it is, the value that was found, what was ' +
    'expected, and what to do next. The same text is in the studio, on the command line and in the log.';
  return `# Errors\n\n${intro}\n\n${sections.join('\n')}`;
}
