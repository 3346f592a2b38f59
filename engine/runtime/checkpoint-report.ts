/** What a run tells of a checkpoint while it is taken. */
import type { Manifest } from '../checkpoints/format.ts';
import type { CheckpointReport } from '../contract/checkpoints.ts';
import { RUN_PART } from './run-data.ts';

type Share = CheckpointReport['nodes'][number];

export class ReportedCheckpoint {
  readonly #tell: (report: CheckpointReport) => void;
  readonly #began = performance.now();
  readonly #nodes: Map<string, Share>;
  #report: CheckpointReport;

  /**
   * Told at once, when the copy has been made.
   * @param copied nodes that were cut at the barrier itself
   * @param queued nodes that the barrier has still to reach
   * @param stalledMs how long the copy took
   */
  constructor(
    { id, name, takenAt }: Pick<Manifest, 'id' | 'name' | 'takenAt'>,
    copied: readonly string[],
    queued: readonly string[],
    stalledMs: number,
    tell: (report: CheckpointReport) => void,
  ) {
    this.#tell = tell;
    this.#nodes = new Map([
      ...copied.map((node): [string, Share] => [node, { node, bytes: null, alignedMs: 0 }]),
      ...queued.map((node): [string, Share] => [node, { node, bytes: null, alignedMs: null }]),
    ]);
    this.#report = {
      id,
      name,
      status: 'running',
      takenAt,
      tookMs: 0,
      stalledMs,
      bytes: null,
      writtenBytes: null,
      nodes: [],
      cause: null,
    };
    this.#send({});
  }

  /** The barrier has come through the node's queue. */
  reached(node: string, alignedMs: number): void {
    this.#nodes.set(node, { node, bytes: null, alignedMs });
    this.#send({});
  }

  complete(manifest: Manifest): void {
    const shares = sharesOf(manifest);
    for (const share of shares)
      this.#nodes.set(share.node, { ...share, alignedMs: this.#nodes.get(share.node)?.alignedMs ?? 0 });
    const bytes = manifest.parts.reduce((sum, part) => sum + part.bytes, 0);
    this.#send({ status: 'complete', bytes, writtenBytes: manifest.writtenBytes });
  }

  failed(error: unknown): void {
    this.#send({ status: 'failed', cause: error instanceof Error ? error.message : String(error) });
  }

  #send(change: Partial<CheckpointReport>): void {
    const tookMs = performance.now() - this.#began;
    this.#report = { ...this.#report, ...change, tookMs, nodes: [...this.#nodes.values()] };
    this.#tell(this.#report);
  }
}

/** Of one that lies on the disk, which a run goes on from. */
export const restoredReport = (manifest: Manifest): CheckpointReport => ({
  id: manifest.id,
  name: manifest.name,
  status: 'restored',
  takenAt: manifest.takenAt,
  tookMs: manifest.tookMs,
  stalledMs: 0,
  bytes: manifest.parts.reduce((sum, part) => sum + part.bytes, 0),
  writtenBytes: manifest.writtenBytes,
  nodes: sharesOf(manifest),
  cause: null,
});

const sharesOf = ({ parts }: Manifest): Share[] =>
  parts.flatMap(({ node, bytes, overtaken }) =>
    node === RUN_PART
      ? []
      : [{ node, bytes, alignedMs: 0, ...(overtaken === undefined ? {} : { overtaken }) }],
  );
