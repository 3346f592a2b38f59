/** Splits a batch by selections over its columns: nothing is copied. */
import { type Batch, position, select } from '../../batch/batch.ts';
import { takeCodes } from '../../batch/slab.ts';
import type { Field } from '../../contract/types.ts';
import type { Checked } from '../../expressions/api.ts';
import { checkedSetting } from '../../plan/check-setting.ts';
import type { OperatorContext, StatefulRuntime } from '../../runtime/contracts.ts';
import { Stateless } from '../stateless.ts';
import { ELSE_PORT, type RouteConfig } from './spec.ts';

/**
 * What the chain in front computes. `first`: one column with the index of the route, so that conditions below it are not
 * evaluated. `all`: a column a route.
 */
function routeColumns({ routes, send }: RouteConfig, input: readonly Field[]): Checked[] {
  const conditions = routes.map((r) => checkedSetting(r.condition, input, 'BOOLEAN'));
  if (send === 'all') return conditions;
  // Each text was checked alone, so its parentheses are closed; the line end closes a comment.
  const branches = routes.map((r, i) => `WHEN (${r.condition}\n) THEN ${i}`);
  return [checkedSetting(`CASE ${branches.join(' ')} ELSE ${routes.length} END`, input, 'INT')];
}

class RouteOperator extends Stateless {
  readonly #context: OperatorContext<RouteConfig>;
  readonly #ports: readonly string[];
  readonly #width: number;
  /** By port, rows of the current batch. */
  readonly #counts: Int32Array;
  readonly #ends: Int32Array;

  constructor(context: OperatorContext<RouteConfig>) {
    super();
    this.#context = context;
    this.#ports = [...context.config.routes.map((r) => r.name), ELSE_PORT];
    this.#width = context.input.fields.length;
    this.#counts = new Int32Array(this.#ports.length);
    this.#ends = new Int32Array(this.#ports.length);
  }

  process(batch: Batch): void {
    const rows = { ...batch, columns: batch.columns.slice(0, this.#width) };
    if (this.#context.config.send === 'all') this.#toAll(batch, rows);
    else this.#toFirst(batch, rows);
  }

  /** A counting sort of the positions by route. */
  #toFirst(batch: Batch, rows: Batch): void {
    const { count, selection } = batch;
    const column = batch.columns[this.#width];
    if (column?.kind !== 'number') throw new Error('no column of routes');
    const routes = column.values;
    const counts = this.#counts.fill(0);
    for (let k = 0; k < count; k++) {
      const route = routes[selection === null ? k : (selection[k] as number)] as number;
      counts[route] = (counts[route] as number) + 1;
    }
    const whole = counts.indexOf(count);
    if (whole >= 0) {
      this.#send(whole, rows);
      return;
    }
    const places = takeCodes(count);
    const ends = this.#ends;
    for (let port = 0, from = 0; port < counts.length; port++) {
      ends[port] = from;
      from += counts[port] as number;
    }
    for (let k = 0; k < count; k++) {
      const row = selection === null ? k : (selection[k] as number);
      const route = routes[row] as number;
      const at = ends[route] as number;
      places[at] = row;
      ends[route] = at + 1;
    }
    for (let port = 0; port < counts.length; port++) {
      const own = counts[port] as number;
      const end = ends[port] as number;
      if (own > 0) this.#send(port, select(rows, places.subarray(end - own, end), own));
    }
  }

  #toAll(batch: Batch, rows: Batch): void {
    const { count } = batch;
    const sent = new Uint8Array(count);
    const others = this.#ports.length - 1;
    for (let port = 0; port < others; port++) {
      const column = batch.columns[this.#width + port];
      if (column?.kind !== 'number') throw new Error('no column of a route');
      const { values, validity } = column;
      const places = takeCodes(count);
      let own = 0;
      for (let k = 0; k < count; k++) {
        const row = position(batch, k);
        if (values[row] === 0 || (validity !== null && validity[row] === 0)) continue;
        places[own++] = row;
        sent[k] = 1;
      }
      if (own > 0) this.#send(port, select(rows, places, own));
    }
    const places = takeCodes(count);
    let own = 0;
    for (let k = 0; k < count; k++) if (sent[k] === 0) places[own++] = position(batch, k);
    if (own > 0) this.#send(others, select(rows, places, own));
  }

  #send(port: number, batch: Batch): void {
    this.#context.emit(this.#ports[port] ?? ELSE_PORT, batch);
  }
}

export const routeRuntime: StatefulRuntime<RouteConfig> = {
  kind: 'stateful',
  needs: (config, inputs) => inputs.map((input) => routeColumns(config, input.fields)),
  // Any row may go anywhere; the first field is as good as another.
  partitionBy: (_config, inputs) => inputs.map((input) => (input.fields.length > 0 ? [0] : [])),
  rowwise: () => true,
  create: (context) => new RouteOperator(context),
};
