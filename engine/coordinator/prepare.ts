/** From a document to one that can run: validated, with the schemas of its sources filled in from their data. */
import type { GraphDocument } from '../contract/document.ts';
import { type Parsed, validateDocument } from '../contract/parse.ts';
import { type Problem, problem, WeirError } from '../contract/problems.ts';
import { checkGraph } from '../plan/check.ts';
import { type CheckedGraph, hasErrors } from '../plan/graph.ts';
import type { Runtimes } from '../runtimes.ts';

export interface Prepared {
  /** The document that runs; null where it has errors. */
  readonly document: GraphDocument | null;
  readonly problems: readonly Problem[];
}

/** @param document JSON of unknown shape */
export async function prepareDocument(
  document: unknown,
  baseDir: string,
  sources: Runtimes['sources'],
): Promise<Prepared> {
  const parsed = validateDocument(document);
  return parsed.ok ? prepareParsed(parsed, baseDir, sources) : { document: null, problems: parsed.problems };
}

async function prepareParsed(
  { value }: Parsed<GraphDocument> & { ok: true },
  baseDir: string,
  sources: Runtimes['sources'],
): Promise<Prepared> {
  const graph = checkGraph(value);
  const { document, problems: inferring } = await inferSchemas(graph, baseDir, sources);
  const problems = document === value ? graph.problems : checkGraph(document).problems;
  // Where taking a schema failed, the reason says more than that the schema is missing.
  const failed = new Set(inferring.map((p) => p.path[1]));
  const rest = problems.filter((p) => !(p.code === 'S-SCHEMA' && failed.has(p.path[1])));
  const all = [...inferring, ...rest];
  return { document: hasErrors(all) ? null : document, problems: all };
}

/** Sources that lack a schema are asked for it. The document itself where nothing was missing. */
export async function inferSchemas(
  { document, nodes, problems }: CheckedGraph,
  baseDir: string,
  sources: Runtimes['sources'],
): Promise<{ document: GraphDocument; problems: Problem[] }> {
  const found: Problem[] = [];
  const filled: Record<string, GraphDocument['nodes'][string]> = {};
  const missing = new Set(
    problems.filter((p) => p.code === 'S-SCHEMA' && p.path[0] === 'nodes').map((p) => String(p.path[1])),
  );
  await Promise.all(
    [...missing].map(async (id) => {
      const checked = nodes.get(id);
      const node = document.nodes[id];
      const infer = checked === undefined ? undefined : sources[checked.spec.type]?.infer;
      if (!checked?.config || node === undefined || infer === undefined) return;
      try {
        const change = await infer(checked.config, baseDir);
        filled[id] = { ...node, config: { ...node.config, ...change } };
      } catch (error) {
        found.push(inferenceProblem(error, ['nodes', id, 'config']));
      }
    }),
  );
  if (Object.keys(filled).length === 0) return { document, problems: found };
  return { document: { ...document, nodes: { ...document.nodes, ...filled } }, problems: found };
}

export function inferenceProblem(error: unknown, base: Problem['path']): Problem {
  if (error instanceof WeirError) return { ...error.problem, path: [...base, ...error.problem.path] };
  return problem('C-FORMAT', {
    path: base,
    message: 'No schema could be taken from the data.',
    value: error instanceof Error ? error.message : String(error),
    expected: 'data in the stated format',
    next: 'Check path and format, or write the schema yourself.',
  });
}
