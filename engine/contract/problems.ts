/**
 * Every error that Weir states, in one table. A problem names its code, where it is, the offending value, what
 * was expected, and what to do next, so that the studio, the CLI and a log say the same thing.
 */

/** Codes by area: D document, G graph, T types and expressions, S settings, R run, C connector, K checkpoints, L link. */
export const CODES = {
  'D-JSON': 'The text is not JSON.',
  'D-SIZE': 'The document is larger than Weir reads.',
  'D-VERSION': 'The document has a version that this Weir does not know.',
  'D-SHAPE': 'A part of the document has the wrong shape.',
  'D-KEY': 'A key is not known here.',
  'G-TYPE': 'A node has a type that this Weir does not know.',
  'G-EDGE': 'An edge names a node or port that does not exist.',
  'G-PORT-TAKEN': 'Two edges end in a port that takes one.',
  'G-CYCLE': 'The edges form a circle.',
  'G-INPUT': 'A node lacks an input.',
  'G-EMPTY': 'The graph has no source.',
  'G-CHANGELOG': 'An updating edge ends where only inserts are understood.',
  'G-GUARANTEE': 'A sink gets less than the document asks for.',
  'G-FIT': 'What an edge carries does not fit where it ends.',
  'T-SYNTAX': 'An expression is not SQL.',
  'T-FIELD': 'A field is not known here.',
  'T-FUNCTION': 'A function is not known.',
  'T-TYPE': 'Types do not fit.',
  'T-SUPPORT': 'A type or form is known but not supported yet.',
  'S-VALUE': 'A setting has a value that it cannot have.',
  'S-SCHEMA': 'A source has no schema.',
  'R-RECORD': 'A record could not be processed.',
  'R-DECODE': 'A record could not be read.',
  'R-TIME': 'A record has no usable event time.',
  'R-STATE': 'State grew beyond what a run may keep.',
  'R-NODE': 'A node failed.',
  'R-SCRIPT': 'A script failed, or went beyond its limits.',
  'R-CHAOS': 'A failure was injected on purpose.',
  'R-ENGINE': 'The engine failed.',
  'C-MISSING': 'A file or folder is missing.',
  'C-ACCESS': 'A file, folder or port could not be used.',
  'C-FORMAT': 'Data is not in the format that was stated.',
  'C-LIMIT': 'Data is larger than a stated limit.',
  'K-BROKEN': 'A checkpoint is not whole.',
  'K-VERSION': 'A checkpoint has a format that this Weir does not know.',
  'K-LOCKED': 'A folder of checkpoints is in use.',
  'K-FOLDER': 'Checkpoints cannot be kept where they should be.',
  'K-STATE': 'The graph cannot take state of a checkpoint over.',
  'K-SLICES': 'A checkpoint has its keyed state in another number of parts.',
  'K-NAME': 'A savepoint cannot have this name.',
  'K-NONE': 'The run takes no checkpoints.',
  'L-MESSAGE': 'A message between studio and engine is not understood.',
  'L-VERSION': 'Studio and engine speak different versions.',
} as const satisfies Readonly<Record<string, string>>;

export type ProblemCode = keyof typeof CODES;

/** A span of an expression's text, in UTF-16 units, end excluded. */
export interface TextSpan {
  readonly from: number;
  readonly to: number;
}

export interface Problem {
  readonly code: ProblemCode;
  /** `error` stops a run before it starts; `warning` does not. */
  readonly severity: 'error' | 'warning';
  /** Where in the document, as keys: `['nodes', 'hourly', 'config', 'size']`. Empty for the whole. */
  readonly path: readonly (string | number)[];
  /** One sentence: what is wrong. */
  readonly message: string;
  /** The offending value as short text; absent where there is none. */
  readonly value?: string;
  /** What would have been right. */
  readonly expected?: string;
  /** What the person can do now. */
  readonly next?: string;
  /** For expressions: the part of the text at `path`. */
  readonly span?: TextSpan;
}

/** Where `path` has a node, its id: the studio marks that node. */
export function nodeOf(problem: Problem): string | null {
  const [root, id] = problem.path;
  return root === 'nodes' && typeof id === 'string' ? id : null;
}

type Details = Omit<Problem, 'code' | 'severity'> & { readonly severity?: Problem['severity'] };

export function problem(code: ProblemCode, details: Details): Problem {
  return { severity: 'error', ...details, code };
}

/** A failure that carries its problem: what runtimes throw, and hosts show. */
export class WeirError extends Error {
  readonly problem: Problem;
  /** All that are wrong, where there are several: `problem` is the first. */
  readonly problems: readonly Problem[];
  constructor(cause: Problem, options: ErrorOptions & { readonly more?: readonly Problem[] } = {}) {
    const { more = [], ...rest } = options;
    super(cause.message, rest);
    this.name = 'WeirError';
    this.problem = cause;
    this.problems = [cause, ...more];
  }
}

/** `nodes.hourly.config.size`, as people read a path. */
export function printPath(path: Problem['path']): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
}

/** One problem as the lines that CLI and log print. */
export function printProblem(p: Problem): string {
  const where = p.path.length > 0 ? ` at ${printPath(p.path)}` : '';
  const span =
    p.span === undefined ? '' : ` (characters ${p.span.from + 1} to ${Math.max(p.span.to, p.span.from + 1)})`;
  const lines = [`${p.severity} ${p.code}${where}${span}: ${p.message}`];
  if (p.value !== undefined) lines.push(`  value     ${p.value}`);
  if (p.expected !== undefined) lines.push(`  expected  ${p.expected}`);
  if (p.next !== undefined) lines.push(`  next      ${p.next}`);
  return lines.join('\n');
}

const SHOWN_VALUE_LENGTH_MAX = 120;

/** Any value as the short text that a problem shows: never megabytes, never a throw. */
export function showValue(value: unknown): string {
  let text: string;
  try {
    text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  } catch {
    text = String(value);
  }
  return text.length > SHOWN_VALUE_LENGTH_MAX ? `${text.slice(0, SHOWN_VALUE_LENGTH_MAX)}…` : text;
}

/** The known name nearest to a misspelt one (edit distance at most a third of its length, rounded up), or null. */
export function nearest(name: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.ceil(name.length / 3) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance, given up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? limit;
}
