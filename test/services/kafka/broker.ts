/** A real Kafka broker of its own, on loopback: one node in KRaft mode. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaJars } from './jars.ts';

const run = promisify(execFile);
const READY = 'Kafka Server started';
const START_MS = 60_000;

export interface BrokerOptions {
  /** A second listener, whose clients are told to connect to this port: something stands there in between. */
  readonly behind?: number;
  readonly port?: number;
  readonly properties?: Readonly<Record<string, string>>;
  /** A second listener that wants a password, encrypted or not; the user is weir. */
  readonly secure?: { readonly tls: boolean; readonly password: string };
}

export class KafkaBroker {
  readonly port: number;
  /** Of the listener that wants a password; 0: there is none. */
  securePort = 0;
  /** Of the listener that something stands before; 0: there is none. */
  behindPort = 0;
  readonly #classPath: string;
  readonly #folder: string;
  #process: ChildProcess | null = null;

  private constructor(port: number, classPath: string, folder: string) {
    this.port = port;
    this.#classPath = classPath;
    this.#folder = folder;
  }

  static async start({ port, behind, properties = {}, secure }: BrokerOptions = {}): Promise<KafkaBroker> {
    const classPath = await kafkaJars();
    const [own, controller] = [port ?? (await freePort()), await freePort()];
    const folder = mkdtempSync(join(tmpdir(), 'weir-kafka-'));
    mkdirSync(join(folder, 'data'));
    const all = {
      'process.roles': 'broker,controller',
      'node.id': '1',
      listeners: `PLAINTEXT://127.0.0.1:${own},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${own}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'controller.listener.names': 'CONTROLLER',
      'controller.quorum.bootstrap.servers': `127.0.0.1:${controller}`,
      'log.dirs': join(folder, 'data'),
      'offsets.topic.replication.factor': '1',
      'offsets.topic.num.partitions': '1',
      'transaction.state.log.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      'transaction.state.log.num.partitions': '1',
      'group.initial.rebalance.delay.ms': '0',
      'auto.create.topics.enable': 'false',
      // After kill -9 it is let in again in seconds instead of after the default 9 (`CONNECTORS.md`).
      'broker.session.timeout.ms': '1500',
      'broker.heartbeat.interval.ms': '300',
      ...properties,
    };
    const broker = new KafkaBroker(own, classPath, folder);
    if (secure !== undefined) {
      broker.securePort = await freePort();
      Object.assign(all, await secureListener(folder, broker.securePort, secure, all));
    }
    if (behind !== undefined) {
      broker.behindPort = await freePort();
      all.listeners += `,BEHIND://127.0.0.1:${broker.behindPort}`;
      all['advertised.listeners'] += `,BEHIND://127.0.0.1:${behind}`;
      all['listener.security.protocol.map'] += ',BEHIND:PLAINTEXT';
      Object.assign(all, { 'inter.broker.listener.name': 'PLAINTEXT' });
    }
    const file = join(folder, 'server.properties');
    writeFileSync(
      file,
      Object.entries(all)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    try {
      const tool = ['-cp', classPath, 'kafka.tools.StorageTool'];
      const { stdout } = await run('java', [...tool, 'random-uuid']);
      const users = secure === undefined ? [] : scramUsers(secure.password);
      await run('java', [...tool, 'format', '--standalone', '-t', stdout.trim(), '-c', file, ...users]);
      await broker.restart();
    } catch (error) {
      await broker.stop();
      throw error;
    }
    return broker;
  }

  /** The certificate of the encrypted listener, to be trusted. */
  get certificate(): string {
    return join(this.#folder, 'broker.pem');
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** With the data and ports that it had. Resolves when it serves. */
  async restart(): Promise<void> {
    const args = ['-Xmx512m', '-XX:+UseSerialGC', '-cp', this.#classPath, 'kafka.Kafka'];
    const child = spawn('java', [...args, join(this.#folder, 'server.properties')], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    living.add(child);
    child.once('exit', () => living.delete(child));
    let said = '';
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`Kafka did not start:\n${said.slice(-3000)}`)),
        START_MS,
      );
      const hear = (text: Buffer): void => {
        said = (said + text.toString()).slice(-20_000);
        if (!said.includes(READY)) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('error', reject);
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`Kafka ended with ${code}:\n${said.slice(-3000)}`));
      });
    });
  }

  /** As a power cut: SIGKILL. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** In good order, keeping its data. */
  shutdown(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** A tool of Kafka's own; its output. */
  async tool(mainClass: string, args: readonly string[]): Promise<string> {
    const quiet = [
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
    ];
    const { stdout } = await run('java', [...quiet, '-cp', this.#classPath, mainClass, ...args], {
      maxBuffer: 256 * 1024 * 1024,
    });
    return stdout;
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}

/** None outlives the tests that started it. */
const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const STORE_PASSWORD = 'changeit';

/** What a listener CLIENT needs: user and password of three mechanisms, and a certificate that it signed itself. */
async function secureListener(
  folder: string,
  port: number,
  { tls, password }: NonNullable<BrokerOptions['secure']>,
  { listeners, 'advertised.listeners': advertised }: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const store = join(folder, 'broker.p12');
  const key = ['-alias', 'broker', '-keystore', store, '-storepass', STORE_PASSWORD, '-storetype', 'PKCS12'];
  const made = [
    '-keyalg',
    'RSA',
    '-dname',
    'CN=localhost',
    '-ext',
    'san=ip:127.0.0.1,dns:localhost',
    '-validity',
    '30',
  ];
  if (tls) {
    await run('keytool', ['-genkeypair', ...key, ...made]);
    await run('keytool', ['-exportcert', '-rfc', '-file', join(folder, 'broker.pem'), ...key]);
  }
  const module = 'org.apache.kafka.common.security';
  return {
    listeners: `${listeners},CLIENT://127.0.0.1:${port}`,
    'advertised.listeners': `${advertised},CLIENT://127.0.0.1:${port}`,
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENT:${tls ? 'SASL_SSL' : 'SASL_PLAINTEXT'}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.name.client.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.client.plain.sasl.jaas.config': `${module}.plain.PlainLoginModule required user_weir="${password}";`,
    'listener.name.client.scram-sha-256.sasl.jaas.config': `${module}.scram.ScramLoginModule required;`,
    'listener.name.client.scram-sha-512.sasl.jaas.config': `${module}.scram.ScramLoginModule required;`,
    ...(tls
      ? {
          'listener.name.client.ssl.keystore.location': store,
          'listener.name.client.ssl.keystore.type': 'PKCS12',
          'listener.name.client.ssl.keystore.password': STORE_PASSWORD,
          'listener.name.client.ssl.key.password': STORE_PASSWORD,
        }
      : {}),
  };
}

const scramUsers = (password: string): string[] =>
  ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=weir,password=${password}]`,
  ]);
