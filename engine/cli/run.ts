import { CHAOS_SYNTAX, parseChaos } from '../contract/chaos.ts';
import type { GraphDocument } from '../contract/document.ts';
import { parseDuration } from '../contract/duration.ts';
import type { Evidence } from '../contract/evidence.ts';
import type { RunOptions } from '../contract/link.ts';
import { MAX_PARALLELISM_MAX, PARALLELISM_MAX } from '../contract/parallelism.ts';
import { type Problem, WeirError } from '../contract/problems.ts';
import type { TelemetryLayout } from '../contract/telemetry.ts';
import type { RunEvents, RunHandle } from '../runtime/run-api.ts';
import { startSpareThread } from '../runtime/spare-thread.ts';
import { type Command, readArgs, readInteger, UsageError } from './command.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';
import { jsonReporter, plainReporter, type Reporter, type Terminal, tableReporter } from './reporter.ts';
import { CHECKPOINT_ARGS, CHECKPOINT_HELP, readCheckpoints } from './run-checkpoints.ts';

const HELP = `weir run FILE: run a pipeline until its input ends, or Ctrl-C

Relative paths in the pipeline start at its file. On a terminal a table shows throughput, lag and watermark of every
node; in a pipe, one line a second. The summary at the end counts, for every node, records in, out, late, in error,
filtered and committed: what a window took in is what it counted plus what was late. Where the settings name a "ledger", a
field in which a source numbers its records, it also counts at every sink which of them are expected, delivered, there
twice, lost and in flight, over all restarts. Where a sink got nothing, it says why: which filter, watermark or window holds the records
back, and what would change it.

Options
  --for DURATION      stop after this time (10s, 2min, 1h); sinks finish what they have
  --json              one JSON object a second on stdout ("type": "progress"), at the end a "summary", and nothing
                      else there; log lines and problems are JSON objects on stderr
  --seed N            seed of everything random (0 to 4294967295); the same seed gives the same run
  --parallelism N     worker threads that share the keys (1 to 64; 1 where it is left out), or auto: several where there
                      are four cores or more, and keys to share. Results do not hang on it, but for what goes
                      by arrival without event time
  --max-parallelism N into how many parts keyed state is cut (1 to 1024): a checkpoint can be restored on at most so
                      many workers. Left out, that of the checkpoint, or 1 on one worker, 8 or more on several
${CHECKPOINT_HELP}
  --chaos FAULTS      injects failures, with commas between them (see below); in place of those of the settings
  --dump-code DIR     writes the generated code of the run to DIR, as \`weir explain\` does

Failures that --chaos injects; times count from the start of the run, and are ms where they have no unit
${CHAOS_SYNTAX.replace(/^/gm, '  ')}

Ctrl-C stops in order and prints the summary; a second Ctrl-C ends at once.

Examples
  weir run flight-delays.weir
  weir run flight-delays.weir --for 10s --json | jq 'select(.type == "summary")'
  weir run generator.weir --seed 7
  weir run orders.weir --checkpoints /var/tmp/orders --checkpoint-every 5s
  weir run orders.weir --checkpoints /var/tmp/orders --restore latest
  weir run orders.weir --checkpoints /var/tmp/orders --for 1h --stop-savepoint before-the-change
  weir run orders.weir --checkpoints /var/tmp/orders --chaos 'kill@1s..9s,slow=out:20ms,seed=4'

${EXIT_HELP}`;

export const command: Command = { help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(args, {
    for: { type: 'string' },
    json: { type: 'boolean', default: false },
    seed: { type: 'string' },
    parallelism: { type: 'string' },
    'max-parallelism': { type: 'string' },
    ...CHECKPOINT_ARGS,
    chaos: { type: 'string' },
    'dump-code': { type: 'string' },
  });
  const [file, ...more] = positionals;
  if (file === undefined) throw new UsageError('which pipeline? Expected a .weir file');
  if (more.length > 0) throw new UsageError(`one pipeline at a time, not also ${more.join(' ')}`);
  const options = readOptions(values);
  const maxParallelism = readInteger('max-parallelism', values['max-parallelism'], 1, MAX_PARALLELISM_MAX);
  const terminal = ownTerminal();
  const reporter = values.json
    ? jsonReporter(terminal, file)
    : terminal.isTTY
      ? tableReporter(terminal)
      : plainReporter(terminal);

  // The engine is loaded only now: a wrong command line is answered at once. On the run's thread at the same time as here.
  startSpareThread();
  const [{ loadPipeline }, { startRun }] = await Promise.all([
    import('./load.ts'),
    import('../runtime/run.ts'),
  ]);
  const { document: loaded, problems, baseDir } = await loadPipeline(file);
  const document = loaded === null || maxParallelism === null ? loaded : withSlices(loaded, maxParallelism);
  for (const found of problems) reporter.problem(found);
  if (document === null) return EXIT.problems;
  if (values['dump-code'] !== undefined) {
    const { dumpCode } = await import('./dump-code.ts');
    await dumpCode(document, values['dump-code']);
  }
  const savepoint = values['stop-savepoint'] ?? null;
  if (savepoint !== null) await refuseTaken(savepoint, options.checkpoints?.folder ?? '');
  // Whoever ends the run must name the savepoint: the engine would end it without.
  const { forMs = null, ...rest } = options;
  const given = savepoint === null ? options : rest;
  try {
    return await follow(reporter, document, { savepoint, forMs }, async (events) =>
      startRun({ runId: 'cli', document, baseDir, options: given }, events),
    );
  } catch (error) {
    if (!(error instanceof WeirError && error.problems.some(isOfOptions))) throw error;
    for (const found of error.problems) reporter.problem(found);
    return EXIT.usage;
  }
}

const withSlices = (document: GraphDocument, maxParallelism: number): GraphDocument => ({
  ...document,
  settings: { ...document.settings, maxParallelism },
});

/** Nobody should learn it when the run is over. */
async function refuseTaken(savepoint: string, folder: string): Promise<void> {
  const { listCheckpoints } = await import('../checkpoints/listing.ts');
  // A folder that is not there yet is made.
  const { whole } = await listCheckpoints(folder).catch(() => ({ whole: [] }));
  const other = whole.find((manifest) => manifest.name === savepoint);
  if (other !== undefined)
    throw new UsageError(`--stop-savepoint ${savepoint}: checkpoint ${other.id} has this name already`);
}

const isOfOptions = ({ path }: Problem): boolean => path[0] === 'checkpoints';

function readOptions(
  values: Parameters<typeof readCheckpoints>[0] & {
    for?: string | undefined;
    seed?: string | undefined;
    parallelism?: string | undefined;
    chaos?: string | undefined;
  },
): RunOptions {
  const forMs = values.for === undefined ? null : parseDuration(values.for);
  if (values.for !== undefined && (forMs === null || forMs <= 0)) {
    throw new UsageError(`--for ${JSON.stringify(values.for)}: expected a duration such as 10s, 2min or 1h`);
  }
  const seed = readInteger('seed', values.seed, 0, 0xffff_ffff);
  const parallelism =
    values.parallelism === 'auto'
      ? 'auto'
      : readInteger('parallelism', values.parallelism, 1, PARALLELISM_MAX);
  const chaos = values.chaos === undefined ? null : parseChaos(values.chaos);
  if (typeof chaos === 'string') throw new UsageError(`--chaos: ${chaos}; \`weir run --help\` lists them`);
  return {
    ...(chaos === null ? {} : { chaos }),
    ...(forMs === null ? {} : { forMs }),
    ...(seed === null ? {} : { seed }),
    ...(parallelism === null ? {} : { parallelism }),
    ...readCheckpoints(values),
  };
}

interface Ending {
  /** Under which what the run has done is kept, where a person ends it; null: under none. */
  readonly savepoint: string | null;
  /** Only with a savepoint: the run is ended after this time. */
  readonly forMs: number | null;
}

/** Runs to the end, reporting on the way. Signals stop the run in order, and end the process the second time. */
async function follow(
  reporter: Reporter,
  document: GraphDocument,
  { savepoint, forMs }: Ending,
  start: (events: RunEvents) => Promise<RunHandle>,
): Promise<number> {
  let layout: TelemetryLayout = { nodes: [], edges: [], partitions: [] };
  let interrupted: number | null = null;
  let failed = false;
  let evidence: readonly Evidence[] = [];
  let handle: RunHandle | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    const code = signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
    if (interrupted !== null) process.exit(code);
    interrupted = code;
    if (handle !== null) void end(handle);
  };
  const end = async (running: RunHandle): Promise<void> => {
    try {
      await running.stop(savepoint ?? undefined);
    } catch (error) {
      failed = true;
      if (!(error instanceof WeirError)) throw error;
      for (const found of error.problems) reporter.problem(found);
      await running.stop();
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    handle = await start({
      layout: (next) => {
        layout = next;
      },
      log: (_at, level, node, text) => reporter.log(level, node, text),
      sample: () => {},
      view: () => {},
      evidence: (seen) => {
        evidence = seen;
      },
      checkpoint: () => {},
      ended: (_summary, problems) => {
        for (const found of problems) {
          failed ||= found.severity === 'error';
          reporter.problem(found);
        }
      },
    });
    const running = handle;
    if (interrupted !== null) void end(running);
    const ending =
      savepoint === null || forMs === null ? undefined : setTimeout(() => void end(running), forMs);
    const timer = setInterval(() => reporter.progress(layout, running.snapshot()), reporter.everyMs);
    const summary = await running.ended;
    clearInterval(timer);
    clearTimeout(ending);
    if (savepoint !== null && summary.outcome === 'finished')
      reporter.log('warning', null, `The input ended by itself: there is no savepoint ${savepoint}.`);
    reporter.ended(summary);
    if (summary.outcome !== 'failed') {
      const { silentSinks } = await import('./why.ts');
      const seen = { layout, figures: running.snapshot(), evidence };
      for (const silent of silentSinks(document, seen, summary)) reporter.silent(silent);
    }
    if (summary.outcome === 'failed' || failed) return EXIT.failed;
    return interrupted ?? EXIT.ok;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

function ownTerminal(): Terminal {
  const { stdout, stderr } = process;
  return {
    isTTY: stdout.isTTY === true,
    columns: () => stdout.columns ?? 80,
    rows: () => stdout.rows ?? 24,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
  };
}
