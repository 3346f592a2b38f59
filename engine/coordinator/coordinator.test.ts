import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { decodeFrame, encodeFrame } from '../contract/codec.ts';
import {
  type FromEngine,
  LINK_VERSION,
  type RunSummary,
  type ToEngine,
  zFromEngine,
} from '../contract/link.ts';
import { problem, WeirError } from '../contract/problems.ts';
import { snapshotLength } from '../contract/telemetry.ts';
import { linkPair } from '../link/pair.ts';
import type { RunEvents, RunHandle, RunRequest, StartRun } from '../runtime/run-api.ts';
import { Coordinator } from './coordinator.ts';

const LAYOUT = { nodes: ['gen', 'end'], edges: ['gen→end'], partitions: [{ node: 'gen', name: '0' }] };
const DOCUMENT = {
  weir: 1,
  nodes: {
    flights: { type: 'file', config: { path: 'flights.csv' } },
    end: { type: 'nothing', config: {} },
  },
  edges: [{ from: 'flights:out', to: 'end' }],
};
const SCHEMA = { schema: [{ name: 'origin', type: 'STRING', nullable: true }] };

/** A run without records: only what the coordinator sees of one. */
class FakeRun implements RunHandle {
  readonly layout = LAYOUT;
  readonly figures = new Float64Array(snapshotLength(LAYOUT));
  readonly ended: Promise<RunSummary> = new Promise(() => {});
  readonly calls: string[] = [];
  readonly request: RunRequest;
  readonly events: RunEvents;
  constructor(request: RunRequest, events: RunEvents) {
    this.request = request;
    this.events = events;
  }
  snapshot(): Float64Array {
    this.figures[1] = (this.figures[1] ?? 0) + 1; // elapsed always moves
    return this.figures.slice();
  }
  async stop(): Promise<void> {
    this.calls.push('stop');
    this.events.ended({ outcome: 'stopped', elapsedMs: 1, recordsRead: 7, nodes: [] }, []);
  }
  async savepoint(name: string): Promise<void> {
    this.calls.push(`savepoint ${name}`);
  }
  pause(): void {
    this.calls.push('pause');
  }
  step(kind: string): void {
    this.calls.push(`step ${kind}`);
  }
  resume(): void {
    this.calls.push('resume');
  }
  watch(ports: readonly { node: string; port: string }[]): void {
    this.calls.push(`watch ${ports.map((p) => `${p.node}:${p.port}`).join(' ')}`.trim());
  }
}

/** A studio at the other end of a link. */
class Studio {
  readonly received: { message: FromEngine; figures: Float64Array | null }[] = [];
  readonly #link: ReturnType<typeof linkPair>[0];
  #requestId = 0;
  #waiting: (() => void)[] = [];

  constructor(coordinator: Coordinator) {
    const [own, theirs] = linkPair();
    this.#link = own;
    own.onMessage((frame) => {
      const decoded = decodeFrame(frame, zFromEngine);
      assert.ok(decoded.ok, 'the engine sends what its contract says');
      this.received.push(decoded.envelope);
      for (const wake of this.#waiting.splice(0)) wake();
    });
    coordinator.attach(theirs);
  }

  raw(bytes: Uint8Array): void {
    this.#link.send(bytes);
  }

  send(message: ToEngine): void {
    this.#link.send(encodeFrame({ message, figures: null }));
  }

  async hello(): Promise<void> {
    this.send({ type: 'hello', version: LINK_VERSION });
    await this.next('hello');
  }

  async ask(
    message: ToEngine extends infer M
      ? M extends { requestId: number }
        ? Omit<M, 'requestId'>
        : never
      : never,
  ): Promise<FromEngine & { type: 'reply' }> {
    const requestId = this.#requestId++;
    this.send({ ...message, requestId } as ToEngine);
    return this.next('reply', (m) => m.requestId === requestId);
  }

  async next<T extends FromEngine['type']>(
    type: T,
    fits: (message: FromEngine & { type: T }) => boolean = () => true,
  ): Promise<FromEngine & { type: T }> {
    for (;;) {
      const found = this.received.find(
        (r): r is typeof r & { message: FromEngine & { type: T } } =>
          r.message.type === type && fits(r.message as FromEngine & { type: T }),
      );
      if (found !== undefined) {
        this.received.splice(this.received.indexOf(found), 1);
        return found.message;
      }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  of(type: FromEngine['type']): FromEngine[] {
    return this.received.filter((r) => r.message.type === type).map((r) => r.message);
  }

  async leave(): Promise<void> {
    this.#link.close();
    await settled();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const start = (runId: string, document: unknown = DOCUMENT) =>
  ({ type: 'run.start', runId, document, baseDir: '/data', options: { seed: 3 } }) as const;

describe('the coordinator', () => {
  let runs: FakeRun[];
  let coordinator: Coordinator;
  let startRun: StartRun;
  let inferred: unknown[];

  beforeEach(() => {
    runs = [];
    inferred = [];
    startRun = async (request, events) => {
      const run = new FakeRun(request, events);
      runs.push(run);
      events.layout(LAYOUT);
      return run;
    };
    coordinator = new Coordinator({
      startRun: (request, events) => startRun(request, events),
      sources: {
        file: {
          create: () => assert.fail('the coordinator runs nothing itself'),
          infer: async (config, baseDir) => {
            inferred.push([config['path'], baseDir]);
            if (config['path'] === 'none.csv') {
              throw new WeirError(problem('C-MISSING', { path: ['path'], message: 'No such file.' }));
            }
            return SCHEMA;
          },
        },
      },
    });
  });
  afterEach(() => coordinator.stopAll());

  async function greeted(): Promise<Studio> {
    const studio = new Studio(coordinator);
    await studio.hello();
    return studio;
  }

  test('takes nothing before a hello of its own version', async () => {
    const studio = new Studio(coordinator);
    studio.send({ type: 'ping', requestId: 1 });
    assert.equal((await studio.next('refused')).problem.code, 'L-VERSION');
    studio.send({ type: 'hello', version: LINK_VERSION + 1 });
    const refused = await studio.next('refused');
    assert.equal(refused.problem.code, 'L-VERSION');
    assert.equal(refused.problem.value, String(LINK_VERSION + 1));
    studio.send({ type: 'ping', requestId: 1 });
    await studio.next('refused');
    assert.deepEqual(studio.of('reply'), []);
  });

  test('refuses what is no message, and goes on', async () => {
    const studio = await greeted();
    const whole = encodeFrame({ message: { type: 'ping', requestId: 1 }, figures: null });
    const badUtf8 = whole.slice();
    badUtf8[10] = 0xff;
    const longer = whole.slice();
    longer[0] = 200;
    const bad = [
      new Uint8Array(0),
      new Uint8Array(7),
      Uint8Array.from({ length: 64 }, (_, i) => (i * 37) & 255),
      whole.slice(0, -1),
      longer,
      badUtf8,
      encodeFrame({ message: { type: 'ping', requestId: 1, more: true }, figures: null }),
      encodeFrame({ message: { type: 'run.stop', requestId: 1, runId: '' }, figures: null }),
      encodeFrame({ message: null, figures: null }),
      new Uint8Array(64 * 1024 * 1024 + 1),
    ];
    for (const frame of bad) {
      studio.raw(frame);
      assert.equal((await studio.next('refused')).problem.code, 'L-MESSAGE');
    }
    assert.equal((await studio.ask({ type: 'ping' })).ok, true);
  });

  test('starts a document with the schemas that its sources lack', async () => {
    const studio = await greeted();
    const reply = await studio.ask(start('r1'));
    assert.equal(reply.ok, true, JSON.stringify(reply.problems));
    assert.deepEqual(inferred, [['flights.csv', '/data']]);
    assert.deepEqual(runs[0]?.request.document.nodes['flights']?.config, { path: 'flights.csv', ...SCHEMA });
    assert.deepEqual(runs[0]?.request.options, { seed: 3 });
    assert.deepEqual((await studio.next('run.layout')).layout, LAYOUT);
  });

  test('says why a document does not start, and leaves its id free', async () => {
    const studio = await greeted();
    const codes = async (document: unknown): Promise<(readonly [code: string, path: string])[]> => {
      const reply = await studio.ask(start('r1', document));
      assert.equal(reply.ok, false);
      return reply.problems.map((p) => [p.code, p.path.join('.')] as const);
    };
    assert.deepEqual(await codes({ weir: 9 }), [['D-VERSION', 'weir']]);
    assert.deepEqual(await codes('x'), [['D-VERSION', '']]);
    const misnamed = { ...DOCUMENT, nodes: { ...DOCUMENT.nodes, end: { type: 'nothingg', config: {} } } };
    assert.ok((await codes(misnamed)).some(([code]) => code === 'G-TYPE'));
    const missing = structuredClone(DOCUMENT);
    missing.nodes.flights.config.path = 'none.csv';
    assert.deepEqual(await codes(missing), [['C-MISSING', 'nodes.flights.config.path']]);
    startRun = () => Promise.reject(new WeirError(problem('C-ACCESS', { path: [], message: 'Port taken.' })));
    assert.deepEqual(await codes(DOCUMENT), [['C-ACCESS', '']]);
    assert.deepEqual(coordinator.running, []);
  });

  test('keeps runs apart by id, and knows no others', async () => {
    const studio = await greeted();
    await studio.ask(start('a'));
    await studio.ask(start('b'));
    assert.equal((await studio.ask(start('a'))).problems[0]?.code, 'L-MESSAGE');
    await studio.ask({ type: 'run.pause', runId: 'b' });
    await studio.ask({ type: 'run.resume', runId: 'b' });
    await studio.ask({ type: 'run.stop', runId: 'b' });
    assert.deepEqual(
      runs[0]?.calls.filter((c) => !c.startsWith('watch')),
      [],
    );
    assert.deepEqual(
      runs[1]?.calls.filter((c) => !c.startsWith('watch')),
      ['pause', 'resume', 'stop'],
    );
    assert.equal((await studio.next('run.ended')).runId, 'b');
    assert.deepEqual(coordinator.running, ['a']);
    for (const type of ['run.stop', 'run.pause', 'run.resume'] as const) {
      assert.equal((await studio.ask({ type, runId: 'c' })).problems[0]?.code, 'L-MESSAGE');
    }
  });

  test('a stop that comes while the run starts is not lost', async () => {
    const studio = await greeted();
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const real = startRun;
    startRun = async (request, events) => {
      await gate;
      return real(request, events);
    };
    const started = studio.ask(start('slow'));
    const stopped = studio.ask({ type: 'run.stop', runId: 'slow' });
    await settled();
    open();
    assert.equal((await started).ok, true);
    assert.equal((await stopped).ok, true);
    assert.ok(runs[0]?.calls.includes('stop'));
    assert.deepEqual(coordinator.running, []);
  });

  test('sends figures when they change, and otherwise once a second', async () => {
    const studio = await greeted();
    await studio.ask(start('r'));
    await new Promise((resolve) => setTimeout(resolve, 650));
    const idle = studio.of('run.telemetry').length;
    assert.ok(idle <= 1, `${idle} snapshots without a change`);
    const run = runs[0];
    assert.ok(run);
    const before = studio.received.length;
    for (let i = 0; i < 5; i++) {
      run.figures[4] = i + 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const sent = studio.received.slice(before).filter((r) => r.message.type === 'run.telemetry');
    assert.ok(sent.length >= 3 && sent.length <= 6, `${sent.length} snapshots in half a second`);
    assert.equal(sent.at(-1)?.figures?.length, snapshotLength(LAYOUT));
    assert.ok((sent.at(-1)?.figures?.[4] ?? 0) >= 4);
  });

  test('a run outlives its studio, and the next one is told of it', async () => {
    const first = await greeted();
    await first.ask(start('r'));
    await first.leave();
    assert.deepEqual(coordinator.running, ['r']);
    const run = runs[0];
    assert.ok(run);
    run.events.log(5, 'info', 'gen', 'listening on port 80');
    const sample = { columns: [], rows: [], total: 3 };
    run.events.view('end', { kind: 'table', sample });
    const second = await greeted();
    assert.equal((await second.next('run.layout')).runId, 'r');
    assert.equal((await second.next('run.log')).text, 'listening on port 80');
    assert.equal((await second.next('run.view')).node, 'end');
    await second.ask({ type: 'run.stop', runId: 'r' });
    assert.equal((await second.next('run.ended')).summary.recordsRead, 7);
  });

  test('an end that nobody saw is told once', async () => {
    const first = await greeted();
    await first.ask(start('r'));
    await first.leave();
    await coordinator.stopAll();
    const second = await greeted();
    assert.equal((await second.next('run.ended')).runId, 'r');
    const third = await greeted();
    await third.ask({ type: 'ping' });
    assert.deepEqual(third.of('run.ended'), []);
  });

  test('watches what any studio looks at', async () => {
    const [one, two] = [await greeted(), await greeted()];
    await one.ask(start('r'));
    const at = (node: string) => ({ node, port: 'out' });
    await one.ask({ type: 'run.watch', runId: 'r', ports: [at('a'), at('b')] });
    await two.ask({ type: 'run.watch', runId: 'r', ports: [at('b'), at('c')] });
    assert.equal(runs[0]?.calls.at(-1), 'watch a:out b:out c:out');
    await one.leave();
    assert.equal(runs[0]?.calls.at(-1), 'watch b:out c:out');
  });

  test('a flood of log lines is cut, and says so', async () => {
    const studio = await greeted();
    await studio.ask(start('r'));
    for (let i = 0; i < 1000; i++) runs[0]?.events.log(i, 'info', null, `line ${i}`);
    await studio.ask({ type: 'ping' });
    const lines = studio.of('run.log');
    assert.ok(lines.length >= 51 && lines.length <= 102, `${lines.length} lines`); // 102: across a second's edge
    assert.ok(lines.some((m) => m.type === 'run.log' && m.text.startsWith('Too many log lines')));
  });

  test('takes a schema from data, or says why not', async () => {
    const studio = await greeted();
    const infer = (nodeType: string, config: Record<string, unknown>) =>
      studio.ask({ type: 'source.infer', nodeType, config, baseDir: '/data' });
    assert.deepEqual((await infer('file', { path: 'a.csv' })).result, SCHEMA);
    assert.deepEqual((await infer('file', { path: 'none.csv' })).problems[0]?.code, 'C-MISSING');
    assert.deepEqual((await infer('file', { path: 7 })).problems[0]?.code, 'S-VALUE');
    assert.deepEqual((await infer('fille', {})).problems[0]?.code, 'G-TYPE');
  });
});
