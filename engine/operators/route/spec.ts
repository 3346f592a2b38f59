import { z } from 'zod';
import { DEAD_LETTER_SCHEMA } from '../../contract/dead-letter.ts';
import { problem, showValue } from '../../contract/problems.ts';
import { ANY_IN, DEAD_LETTER_OUT, defineNode, type PortSpec, setting } from '../../contract/spec.ts';
import { checkSetting } from '../../plan/check-setting.ts';

export const ELSE_PORT = 'else';
export const ROUTES_MAX = 32;

/** As the ports of an edge are written in documents. */
const PORT_NAME = /^[a-z][a-z0-9-]*$/;
const TAKEN: ReadonlySet<string> = new Set([ELSE_PORT, DEAD_LETTER_OUT.name, ANY_IN.name]);

const zRouteEntry = z.strictObject({
  name: setting(
    z.string().max(40).regex(PORT_NAME, {
      error: 'expected a name of lower-case letters, digits and hyphens that starts with a letter',
    }),
    { title: 'Port', widget: 'text', placeholder: 'long', description: 'The name of the output' },
  ),
  condition: setting(z.string().min(1).max(20_000), {
    title: 'Condition',
    widget: 'expression',
    expects: 'BOOLEAN',
    scope: 'input',
    placeholder: 'delay > 60',
  }),
});

export const zRoute = z.strictObject({
  routes: setting(z.array(zRouteEntry).min(1).max(ROUTES_MAX), {
    title: 'Routes',
    widget: 'list',
    description: 'One output port each, tried from top to bottom',
  }),
  send: setting(z.enum(['first', 'all']).default('first'), {
    title: 'Send to',
    widget: 'segmented',
    labels: { first: 'The first that holds', all: 'All that hold' },
    description: 'Where the conditions of several routes hold for one record',
  }),
});

export type RouteConfig = z.output<typeof zRoute>;

const ELSE_OUT: PortSpec = { name: ELSE_PORT, label: ELSE_PORT, role: 'main' };

// As Flink SQL: one view a route, `SELECT * FROM input WHERE condition`; with `first`, each condition is preceded by
// `(earlier condition) IS NOT TRUE AND …`, and `else` is the view where none is true.
export const routeSpec = defineNode({
  type: 'route',
  kind: 'operator',
  label: 'Route',
  summary: 'Sends each record to the port whose condition it meets.',
  description:
    'Every route is a SQL condition and an output port of that name. A record goes to the first route whose ' +
    'condition is TRUE (or, with "all", to every such route); where none is, because the conditions are FALSE or ' +
    'NULL, it goes to the port `else`. With "first", conditions below the one that held are not evaluated, as in ' +
    'CASE WHEN. A record for which a condition fails goes to the errors port and to no other. Ports that lead nowhere ' +
    'are counted all the same. On an updating input every change is routed by its own values: an update that moves a ' +
    'row from one route to another takes it back (-U) on the one and adds it (+U) on the other, as WHERE does in Flink.',
  icon: 'M2 8h4l4-5h4M6 8h8M6 8l4 5h4',
  config: zRoute,
  inputs: [ANY_IN],
  outputs: [ELSE_OUT, DEAD_LETTER_OUT],
  outputsFor: (config) => [
    ...portNames(config).map((name): PortSpec => ({ name, label: name, role: 'main' })),
    ELSE_OUT,
    DEAD_LETTER_OUT,
  ],
  stateful: false,
  passesRows: true,
  targets: ['weir', 'flink', 'spark'],
  summarize: ({ routes }) => routes.map((r) => `${r.name}: ${r.condition}`).join(' · '),
  schemas(context) {
    const input = context.inputs['in']?.[0] ?? null;
    const { routes } = context.config;
    routes.forEach(({ name, condition }, i) => {
      const twice = routes.findIndex((r) => r.name === name) !== i;
      if (twice || TAKEN.has(name)) context.report(nameTaken(i, name, twice));
      if (input !== null)
        checkSetting(context, ['routes', i, 'condition'], condition, input.fields, 'BOOLEAN');
    });
    const ports = [...routes.map((r) => r.name), ELSE_PORT].map((name) => [name, input] as const);
    return { ...Object.fromEntries(ports), [DEAD_LETTER_OUT.name]: DEAD_LETTER_SCHEMA };
  },
  examples: [
    {
      title: 'Long, short and other delays to a port each',
      fields: { origin: 'STRING', delay: 'INT' },
      config: {
        routes: [
          { name: 'long', condition: 'delay > 60' },
          { name: 'short', condition: 'delay > 0' },
        ],
      },
      input: [
        { origin: 'ATL', delay: 75 },
        { origin: 'ORD', delay: 60 },
        { origin: 'DFW', delay: null },
      ],
      output: [{ origin: 'ATL', delay: 75 }],
    },
  ],
});

/** Of settings as they stand in the document: the names that can be ports, each once. */
function portNames(config: Readonly<Record<string, unknown>>): string[] {
  const routes = Array.isArray(config['routes']) ? (config['routes'] as unknown[]).slice(0, ROUTES_MAX) : [];
  const names = routes.flatMap((route) => {
    const name = typeof route === 'object' && route !== null ? (route as { name?: unknown }).name : null;
    return typeof name === 'string' && PORT_NAME.test(name) && !TAKEN.has(name) ? [name] : [];
  });
  return [...new Set(names)];
}

const nameTaken = (at: number, name: string, twice: boolean) =>
  problem('S-VALUE', {
    path: ['routes', at, 'name'],
    message: twice
      ? `Two routes are called ${showValue(name)}.`
      : `A port ${showValue(name)} is there already.`,
    value: showValue(name),
    expected: twice ? 'every name once' : `a name other than ${[...TAKEN].join(', ')}`,
    next: 'Choose another name.',
  });
