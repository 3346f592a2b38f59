/** Passwords and TLS against a real broker; no secret is ever said. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { noKafka } from '../services/kafka/shared.ts';
import { newTopic, produce } from '../services/kafka/topics.ts';

const CLI = join(import.meta.dirname, '..', '..', 'engine', 'cli.ts');
const SECRET = 'correct-horse-battery';
const WRONG = 'tr0ub4dor-and-3';

describe('connections with a password', { skip: noKafka ?? false }, () => {
  let encrypted: KafkaBroker;
  let plain: KafkaBroker;
  let home = '';
  let topic = '';
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'weir-home-'));
    encrypted = await KafkaBroker.start({ secure: { tls: true, password: SECRET } });
    plain = await KafkaBroker.start({ secure: { tls: false, password: SECRET } });
    topic = await newTopic(encrypted, 'secure');
    await produce(encrypted, topic, [{ value: 'hello' }]);
  });
  after(async () => {
    await Promise.all([encrypted?.stop(), plain?.stop()]);
    await rm(home, { recursive: true, force: true });
  });

  /** `weir` with a home of its own; everything that it says, which never holds a secret. */
  async function weir(args: readonly string[], input = ''): Promise<{ code: number | null; said: string }> {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: home,
      env: { ...process.env, WEIR_HOME: home },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    for (const secret of [SECRET, WRONG]) assert.ok(!said.includes(secret), `a secret is said: ${said}`);
    return { code, said };
  }
  const add = (name: string, port: number, password: string, ...more: string[]) =>
    weir(
      ['connections', 'add', name, '--brokers', `127.0.0.1:${port}`, '--user', 'weir', ...more],
      `${password}\n`,
    );

  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'])
    test(`TLS and ${mechanism}: a run reads through the connection that its node names`, async () => {
      const tls = ['--tls', '--ca', encrypted.certificate];
      await add(`tls-${mechanism}`, encrypted.securePort, SECRET, ...tls, '--sasl', mechanism);
      const tried = await weir(['connections', 'test', `tls-${mechanism}`]);
      assert.equal(tried.code, 0, tried.said);
      assert.match(tried.said, new RegExp(`There: .*${topic}`));
      const document = {
        weir: 1,
        nodes: {
          in: {
            type: 'kafka',
            config: { connection: `tls-${mechanism}`, topic, end: 'latest', format: { kind: 'text' } },
          },
          out: { type: 'file-sink', config: { folder: 'out', overwrite: true } },
        },
        edges: [{ from: 'in', to: 'out' }],
      };
      await writeFile(join(home, 'run.weir'), JSON.stringify(document));
      const ran = await weir(['run', 'run.weir', '--json', '--checkpoints', 'state']);
      assert.equal(ran.code, 0, ran.said);
      assert.equal(await readFile(join(home, 'out', 'out-0001.ndjson'), 'utf8'), '{"value":"hello"}\n');
      for (const kept of await readdir(join(home, 'state'), { recursive: true, withFileTypes: true }))
        if (kept.isFile())
          assert.ok(!(await readFile(join(kept.parentPath, kept.name))).includes(SECRET), kept.name);
      await rm(join(home, 'state'), { recursive: true });
    });

  test('without TLS', async () => {
    await add('open', plain.securePort, SECRET, '--sasl', 'scram-sha-256');
    const tried = await weir(['connections', 'test', 'open']);
    assert.equal(tried.code, 0, tried.said);
  });

  test('what is wrong is said, and the password is not', async () => {
    await add('wrong', plain.securePort, WRONG, '--sasl', 'plain');
    const wrong = await weir(['connections', 'test', 'wrong']);
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.said, /refuse the user name or password/);
    await add('untrusted', encrypted.securePort, SECRET, '--tls', '--sasl', 'plain');
    const untrusted = await weir(['connections', 'test', 'untrusted']);
    assert.match(untrusted.said, /self-signed certificate/);
    assert.match(untrusted.said, /the authorities that the connection trusts/);
    await add('to-plain', plain.port, SECRET, '--tls', '--sasl', 'plain');
    const toPlain = await weir(['connections', 'test', 'to-plain']);
    assert.match(toPlain.said, /C-ACCESS/);
    await add('no-tls', encrypted.securePort, SECRET, '--sasl', 'plain');
    const noTls = await weir(['connections', 'test', 'no-tls']);
    assert.match(noTls.said, /C-ACCESS/);
  });

  test('the file is the person’s alone, and lists show no password', async () => {
    const file = join(home, 'connections.json');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const list = await weir(['connections']);
    assert.match(list.said, /open +kafka at 127\.0\.0\.1:\d+, scram-sha-256 as weir/);
    assert.equal((await weir(['connections', 'remove', 'open'])).code, 0);
    assert.equal((await weir(['connections', 'remove', 'open'])).code, 2);
    assert.ok((await readFile(file, 'utf8')).includes('wrong'));
  });
});
