/**
 * An engine for tests of the studio: the other end of a link, which answers as the real one does and plays invented
 * figures. Time passes only when `tick` is called.
 */
import { decodeFrame, encodeFrame } from '../../engine/contract/codec.ts';
import { edgeId } from '../../engine/contract/document.ts';
import {
  type FromEngine,
  LINK_VERSION,
  type Link,
  type ToEngine,
  zToEngine,
} from '../../engine/contract/link.ts';
import { validateDocument } from '../../engine/contract/parse.ts';
import {
  EDGE_SLOTS,
  edgeOffset,
  HEAD_SLOTS,
  NODE_SLOTS,
  nodeOffset,
  RUN_STATES,
  snapshotLength,
  type TelemetryLayout,
} from '../../engine/contract/telemetry.ts';

type LinkLayout = Extract<FromEngine, { type: 'run.layout' }>['layout'];

export class FakeEngine {
  /** Everything that the studio asked, in order. */
  readonly asked: ToEngine[] = [];
  version = LINK_VERSION;
  /** False: requests wait for `answer`. */
  autoReply = true;
  #listener: ((frame: Uint8Array) => void) | null = null;
  #closed: (() => void)[] = [];
  #run: { runId: string; layout: TelemetryLayout } | null = null;
  #elapsedMs = 0;

  /** The studio's end. */
  connect(): Link {
    this.#listener = null;
    this.#closed = [];
    return {
      send: (frame) => this.#take(frame),
      onMessage: (listener) => {
        this.#listener = listener;
      },
      onClose: (listener) => void this.#closed.push(listener),
      close: () => {
        this.#listener = null;
        this.#closed = [];
      },
    };
  }

  /** As when its process is killed. */
  die(): void {
    this.#listener = null;
    for (const closed of this.#closed.splice(0)) closed();
  }

  say(message: FromEngine, figures: Float64Array | null = null): void {
    this.#listener?.(encodeFrame({ message, figures }));
  }

  sayRaw(frame: Uint8Array): void {
    this.#listener?.(frame);
  }

  answer(requestId: number, result?: unknown): void {
    this.say({ type: 'reply', requestId, ok: true, problems: [], result });
  }

  /** Sends figures as they would be `ms` later: every node passes 1,000 records/s. */
  tick(ms: number): void {
    if (this.#run === null) return;
    this.#elapsedMs += ms;
    const { runId, layout } = this.#run;
    const figures = new Float64Array(snapshotLength(layout)).fill(Number.NaN);
    const records = this.#elapsedMs;
    const now = 1e12 + this.#elapsedMs;
    const head = {
      now,
      streamNow: now,
      elapsedMs: this.#elapsedMs,
      recordsPerSecond: 1000,
      recordsRead: records,
    };
    figures.set(HEAD_SLOTS.map((slot) => head[slot]));
    layout.nodes.forEach((_, row) => {
      const at = nodeOffset(row);
      const set = (slot: (typeof NODE_SLOTS)[number], value: number): void => {
        figures[at + NODE_SLOTS.indexOf(slot)] = value;
      };
      set('state', RUN_STATES.indexOf('running'));
      for (const slot of ['recordsIn', 'recordsOut'] as const) set(slot, records);
      for (const slot of ['recordsInPerSecond', 'recordsOutPerSecond'] as const) set(slot, 1000);
      set('watermark', 1e12 + this.#elapsedMs - 5000);
      set('lateRecords', Math.floor(records / 100));
    });
    layout.edges.forEach((_, row) => {
      figures[edgeOffset(layout, row) + EDGE_SLOTS.indexOf('records')] = records;
      figures[edgeOffset(layout, row) + EDGE_SLOTS.indexOf('recordsPerSecond')] = 1000;
    });
    this.say({ type: 'run.telemetry', runId }, figures);
  }

  #take(frame: Uint8Array): void {
    const decoded = decodeFrame(frame, zToEngine);
    if (!decoded.ok) throw new Error(`the studio sent what no engine reads: ${decoded.problem.value}`);
    const { message } = decoded.envelope;
    this.asked.push(message);
    if (message.type === 'hello') {
      this.say({ type: 'hello', version: this.version, pid: 1 });
      return;
    }
    if (!this.autoReply) return;
    this.answer(message.requestId);
    if (message.type === 'run.start') this.#start(message.runId, message.document);
    if (message.type === 'run.stop') this.end('stopped');
  }

  #start(runId: string, json: unknown): void {
    const document = validateDocument(json);
    if (!document.ok) throw new Error('the studio sent a document that is none');
    const layout: TelemetryLayout = {
      nodes: Object.keys(document.value.nodes),
      edges: document.value.edges.map(edgeId),
      partitions: [],
    };
    this.#run = { runId, layout };
    this.#elapsedMs = 0;
    this.say({ type: 'run.layout', runId, layout: structuredClone(layout) as LinkLayout });
  }

  end(outcome: 'finished' | 'stopped' | 'failed'): void {
    if (this.#run === null) return;
    const { runId } = this.#run;
    this.#run = null;
    const summary = { outcome, elapsedMs: this.#elapsedMs, recordsRead: this.#elapsedMs, nodes: [] };
    this.say({ type: 'run.ended', runId, summary, problems: [] });
  }
}
