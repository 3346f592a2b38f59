/** What `weir run` prints while it runs: a live table, plain lines, or JSON. */
import type { RunSummary } from '../contract/link.ts';
import { type Problem, printProblem } from '../contract/problems.ts';
import type { TelemetryLayout } from '../contract/telemetry.ts';
import { sayFinding } from '../findings/english.ts';
import { headLine, liveTable, progressJson, summaryTable } from './live-table.ts';
import type { SilentSink } from './why.ts';

export interface Reporter {
  /** How often `progress` is wanted. */
  readonly everyMs: number;
  progress(layout: TelemetryLayout, figures: Float64Array): void;
  log(level: 'info' | 'warning' | 'error', node: string | null, text: string): void;
  problem(problem: Problem): void;
  ended(summary: RunSummary): void;
  /** A sink that got nothing, and why. */
  silent(silent: SilentSink): void;
}

export interface Terminal {
  readonly isTTY: boolean;
  /** Width; asked at every drawing. */
  columns(): number;
  rows(): number;
  out(text: string): void;
  err(text: string): void;
}

/** One object a second on stdout, then the summary; log and problems as objects on stderr. */
export function jsonReporter(terminal: Terminal, file: string): Reporter {
  const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
  return {
    everyMs: 1000,
    progress: (layout, figures) => terminal.out(line(progressJson(layout, figures))),
    log: (level, node, text) => terminal.err(line({ type: 'log', level, node, text })),
    problem: (found) => terminal.err(line({ type: 'problem', ...found })),
    ended: (summary) => terminal.out(line({ type: 'summary', file, ...summary })),
    silent: ({ sink, findings }) => {
      for (const finding of findings)
        terminal.err(line({ type: 'finding', sink, ...finding, ...sayFinding(finding) }));
    },
  };
}

/** One line a second: for logs and pipes. */
export function plainReporter(terminal: Terminal): Reporter {
  return {
    everyMs: 1000,
    progress: (_layout, figures) => terminal.out(`${headLine(figures)}\n`),
    log: (level, node, text) => terminal.err(logLine(level, node, text)),
    problem: (found) => terminal.err(`${printProblem(found)}\n`),
    ended: (summary) => terminal.out(`${summaryTable(summary, 200).join('\n')}\n`),
    silent: (silent) => terminal.err(silentText(silent)),
  };
}

/** A table that is drawn over itself; what else is said scrolls above it. */
export function tableReporter(terminal: Terminal): Reporter {
  let drawn = 0;
  let last: string[] = [];
  const erase = (): string => (drawn === 0 ? '' : `\x1b[${drawn}F\x1b[J`);
  const draw = (lines: string[]): void => {
    // Lines beyond the screen could not be drawn over again.
    last = lines.slice(0, Math.max(2, terminal.rows() - 1));
    terminal.out(`${erase()}${last.join('\n')}\n`);
    drawn = last.length;
  };
  const above = (text: string): void => {
    terminal.out(erase());
    drawn = 0;
    terminal.err(text);
    if (last.length > 0) draw(last);
  };
  return {
    everyMs: 250,
    progress: (layout, figures) => draw(liveTable(layout, figures, terminal.columns() - 1)),
    log: (level, node, text) => above(logLine(level, node, text)),
    problem: (found) => above(`${printProblem(found)}\n`),
    ended: (summary) => draw(summaryTable(summary, terminal.columns() - 1)),
    silent: (silent) => terminal.err(silentText(silent)),
  };
}

function silentText({ sink, findings }: SilentSink): string {
  const said = findings
    .map((finding) => sayFinding(finding))
    .map(({ sentence, advice }) => clean(`  ${sentence}${advice === null ? '' : ` ${advice}`}`));
  return `No records came to ${sink}${said.length === 0 ? '.' : `:\n${said.join('\n')}`}\n`;
}

const logLine = (level: string, node: string | null, text: string): string =>
  `${level === 'info' ? '' : `${level}: `}${node === null ? '' : `${node}: `}${clean(text)}\n`;

/** Text of data must not steer the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are meant
const clean = (text: string): string => text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '\ufffd');
