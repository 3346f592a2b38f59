/**
 * An engine for tests of the studio: the other end of a link, which answers as the real one does and plays invented
 * figures. Time passes only when `tick` is called.
 */
import { decodeFrame, encodeFrame } from '../../engine/contract/codec.ts';
import { edgeId } from '../../engine/contract/document.ts';
import type { HostApi } from '../../engine/contract/host.ts';
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
import { specOf } from '../../engine/specs.ts';
import { createStudio, type Studio } from '../store/studio.ts';

type LinkLayout = Extract<FromEngine, { type: 'run.layout' }>['layout'];

export class FakeEngine {
  /** Everything that the studio asked, in order. */
  readonly asked: ToEngine[] = [];
  version = LINK_VERSION;
  /** So many attempts to open a link fail from now on. */
  unreachable = 0;
  /** False: links open, and nobody greets. */
  greets = true;
  /** True: what it says is lost on the way, until the link drops. */
  unheard = false;
  #pid = 1;
  /** False: requests wait for `answer`. */
  autoReply = true;
  #listener: ((frame: Uint8Array) => void) | null = null;
  #closed: (() => void)[] = [];
  #run: { runId: string; layout: TelemetryLayout } | null = null;
  #log: FromEngine[] = [];
  #elapsedMs = 0;

  /** The studio's end. Throws while it is unreachable. */
  connect(): Link {
    if (this.unreachable > 0) {
      this.unreachable--;
      throw new Error('refused');
    }
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

  /** As when its process is killed; the host starts another one for the next link. */
  die(): void {
    this.#pid++;
    this.#run = null;
    this.#log = [];
    this.drop();
  }

  /** The link closes, and the engine goes on. */
  drop(): void {
    this.unheard = false;
    this.#listener = null;
    for (const closed of this.#closed.splice(0)) closed();
  }

  log(text: string, at: number): void {
    if (this.#run === null) return;
    const { runId } = this.#run;
    const line: FromEngine = { type: 'run.log', runId, at, level: 'info', node: null, text };
    this.#log.push(line);
    this.say(line);
  }

  say(message: FromEngine, figures: Float64Array | null = null): void {
    if (!this.unheard) this.#listener?.(encodeFrame({ message, figures }));
  }

  sayRaw(frame: Uint8Array): void {
    this.#listener?.(frame);
  }

  answer(requestId: number, result?: unknown): void {
    this.say({ type: 'reply', requestId, ok: true, problems: [], result });
  }

  refuse(requestId: number, message: string): void {
    const problems = [{ code: 'L-MESSAGE', severity: 'error' as const, path: [], message }];
    this.say({ type: 'reply', requestId, ok: false, problems });
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
      if (!this.greets) this.drop();
      this.say({ type: 'hello', version: this.version, pid: this.#pid });
      this.#introduce();
      return;
    }
    if (!this.autoReply) return;
    if (message.type === 'run.resume' && message.runId !== this.#run?.runId)
      this.refuse(message.requestId, 'There is no such run.');
    else this.answer(message.requestId);
    if (message.type === 'run.start') this.#start(message.runId, message.document);
    if (message.type === 'run.stop') this.end('stopped');
  }

  /** As the coordinator does for a studio that comes while a run goes on. */
  #introduce(): void {
    if (this.#run === null) return;
    const { runId, layout } = this.#run;
    this.say({ type: 'run.layout', runId, layout: structuredClone(layout) as LinkLayout });
    for (const line of this.#log) this.say(line);
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
    this.#log = [];
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

/** A source and a table: what the fake can run. */
export const DOCUMENT = JSON.stringify({
  weir: 1,
  nodes: {
    source: { type: 'generator', config: specOf('generator')?.examples[0]?.config ?? {} },
    table: { type: 'table', config: {} },
  },
  edges: [{ from: 'source', to: 'table' }],
});

/** A studio on a fake engine. Its pauses take no time, and are noted. */
export function studioOf(): { engine: FakeEngine; studio: Studio; pauses: number[] } {
  const engine = new FakeEngine();
  const pauses: number[] = [];
  const studio = createStudio({
    host: { connectEngine: async () => engine.connect() } as unknown as HostApi,
    storage: null,
    schedule: (callback) => callback(),
    wait: async (ms) => void pauses.push(ms),
  });
  return { engine, studio, pauses };
}
