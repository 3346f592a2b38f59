/** Reads a file into a table, as the File source reads it. */
import { fileSource } from '../../connectors/file/source.ts';
import { zFile } from '../../connectors/file/spec.ts';
import { problem, WeirError } from '../../contract/problems.ts';
import type { DeadLetter, NodeContext } from '../../runtime/contracts.ts';
import { type LookupJoinConfig, tableSchema } from './spec.ts';
import type { LookupTable } from './table.ts';

/**
 * Fills `table`. Throws a WeirError that names the setting: no file, no access, a broken format, or too many rows.
 * @param reject takes records that cannot be read
 */
export async function loadFile(
  context: NodeContext<LookupJoinConfig>,
  table: LookupTable,
  reject: (letters: readonly DeadLetter[]) => void,
): Promise<void> {
  const { config } = context;
  if (config.table.kind !== 'file') return;
  const { path, format, schema, rowsMax } = config.table;
  const source = fileSource.create({
    ...context,
    config: zFile.parse({ path, format, schema }),
    fields: tableSchema(config).fields,
  });
  try {
    await source.open(null);
    while (!source.ended && !context.signal.aborted) {
      const output = source.poll(context.batchRows);
      if (output === null) {
        if (!source.ended) await source.whenReady();
        continue;
      }
      if (output.deadLetters.length > 0) reject(output.deadLetters);
      if (output.batch !== null) table.add(output.batch);
      if (table.rows.size > rowsMax) throw tooManyRows(rowsMax);
    }
  } catch (error) {
    throw inTable(error, context.nodeId);
  } finally {
    await source.close();
  }
}

const tooManyRows = (rowsMax: number): WeirError =>
  new WeirError(
    problem('C-LIMIT', {
      path: ['config', 'rowsMax'],
      message: 'The table has more rows than are to be held in memory.',
      value: `more than ${rowsMax} rows`,
      expected: `at most ${rowsMax} rows`,
      next: 'Raise "Rows at most", or read the file as a source and use a Temporal join.',
    }),
  );

/** The source's settings are the `table` of this node. */
function inTable(error: unknown, node: string): unknown {
  if (!(error instanceof WeirError)) return error;
  const { path } = error.problem;
  const rest = path.slice(path.indexOf('config') + 1);
  const at = path.includes('config') ? ['nodes', node, 'config', 'table', ...rest] : ['nodes', node];
  return new WeirError({ ...error.problem, path: at }, { cause: error });
}
