import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { ZodSafeParseResult } from 'zod';
import {
  CONNECTION_NAME,
  type Connection,
  SASL_MECHANISMS,
  zKafkaConnection,
  zKinesisConnection,
} from '../contract/connections.ts';
import { type Command, readArgs, UsageError } from './command.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';

const HELP = `weir connections: what pipelines name to reach Kafka and Kinesis

  weir connections                 list them, without what is secret
  weir connections add NAME …      add one, or replace it
  weir connections test NAME       reach it now, and say what is there; also host:port
  weir connections remove NAME

A node names a connection, so that no address or password stands in a document. They are kept in a file that only
you can read. WEIR_CONNECTIONS names another file; WEIR_CONNECTION_ORDERS holds the connection "orders" itself, as
JSON, where no file should. Brokers that want no password need no connection: a node may name host:port.

Options of add
  --brokers LIST      Kafka: host:port, with commas between several
  --tls               encrypted; the system's authorities are trusted
  --ca FILE           authorities to trust, in PEM (with --tls)
  --cert FILE         one's own certificate, and --key FILE its key (with --tls)
  --server-name NAME  the name in the certificate, where it is not the host (with --tls)
  --sasl MECHANISM    ${SASL_MECHANISMS.join(', ')}
  --registry URL      schemas of values in Avro and JSON Schema: a Confluent Schema Registry (with --brokers)
  --registry-user NAME  its password is asked for like the other, or taken from WEIR_REGISTRY_PASSWORD
  --region NAME       Kinesis: such as eu-central-1; credentials come from the AWS SDK's own chain
  --endpoint URL      of a stand-in or a private endpoint (with --region)
  --profile NAME      of your AWS configuration (with --region)
  --access-key ID     in place of the chain (with --region); its secret is asked for like a password
  --user NAME         of --sasl; the password is asked for, or taken from WEIR_PASSWORD: never from the command line

Examples
  weir connections add orders --brokers b1:9093,b2:9093 --tls --sasl scram-sha-512 --user weir
  weir connections test orders
  weir connections test localhost:9092

${EXIT_HELP}`;

export const command: Command = { help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(args, {
    brokers: { type: 'string' },
    tls: { type: 'boolean', default: false },
    ca: { type: 'string' },
    cert: { type: 'string' },
    key: { type: 'string' },
    'server-name': { type: 'string' },
    sasl: { type: 'string' },
    user: { type: 'string' },
    registry: { type: 'string' },
    'registry-user': { type: 'string' },
    region: { type: 'string' },
    endpoint: { type: 'string' },
    profile: { type: 'string' },
    'access-key': { type: 'string' },
  });
  const [action = 'list', name, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`one connection at a time, not also ${more.join(' ')}`);
  const [{ systemPlace }, store] = await Promise.all([
    import('../connections/find.ts'),
    import('../connections/store.ts'),
  ]);
  const { file } = systemPlace();
  switch (action) {
    case 'list': {
      const all = [...(await store.listConnections(file))];
      if (all.length === 0)
        console.error(`No connections yet in ${file}. Add one: weir connections add NAME …`);
      const width = Math.max(0, ...all.map(([own]) => own.length));
      for (const [own, connection] of all)
        console.log(
          `${own.padEnd(width)}  ${connection === null ? 'not readable: add it again' : store.describeConnection(connection)}`,
        );
      return EXIT.ok;
    }
    case 'add': {
      const own = nameOf(name);
      await store.saveConnection(file, own, await connectionOf(values));
      console.error(`Kept in ${file}. Try it: weir connections test ${own}`);
      return EXIT.ok;
    }
    case 'remove': {
      const own = nameOf(name);
      if (await store.removeConnection(file, own)) return EXIT.ok;
      throw new UsageError(`there is no connection ${JSON.stringify(own)} in ${file}`);
    }
    case 'test': {
      if (name === undefined) throw new UsageError('which connection?');
      const [{ anyConnection }, { testConnection }] = await Promise.all([
        import('../connections/resolve.ts'),
        import('../connections/test.ts'),
      ]);
      const { at, places } = await testConnection(await anyConnection(name, systemPlace()));
      console.log(`Reached: ${at.join(', ')}`);
      console.log(
        places.length === 0 ? 'No topics or streams that can be seen.' : `There: ${places.join(', ')}`,
      );
      return EXIT.ok;
    }
    default:
      throw new UsageError(`${JSON.stringify(action)}: expected list, add, test or remove`);
  }
}

function nameOf(name: string | undefined): string {
  if (name === undefined) throw new UsageError('which connection?');
  if (CONNECTION_NAME.test(name)) return name;
  throw new UsageError(
    `${JSON.stringify(name)} cannot be a name: expected a letter, then letters, digits, "-" and "_"`,
  );
}

interface Given {
  readonly brokers?: string | undefined;
  readonly tls: boolean;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly 'server-name'?: string | undefined;
  readonly sasl?: string | undefined;
  readonly user?: string | undefined;
  readonly registry?: string | undefined;
  readonly 'registry-user'?: string | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly profile?: string | undefined;
  readonly 'access-key'?: string | undefined;
}

async function connectionOf(given: Given): Promise<Connection> {
  if ((given.brokers === undefined) === (given.region === undefined))
    throw new UsageError('either --brokers (Kafka) or --region (Kinesis)');
  return given.region === undefined ? kafkaOf(given) : kinesisOf(given);
}

async function kinesisOf({
  region,
  endpoint,
  profile,
  'access-key': accessKeyId,
}: Given): Promise<Connection> {
  const read = zKinesisConnection.safeParse({
    kind: 'kinesis',
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    ...(accessKeyId === undefined ? {} : { credentials: { accessKeyId, secretAccessKey: await password() } }),
  });
  return readOf(read);
}

async function kafkaOf(given: Given): Promise<Connection> {
  const brokers = given.brokers?.split(',').map((part) => part.trim());
  if (brokers === undefined)
    throw new UsageError('--brokers is missing: host:port, with commas between several');
  const files = {
    caFile: given.ca,
    certFile: given.cert,
    keyFile: given.key,
    serverName: given['server-name'],
  };
  const tls = Object.fromEntries(Object.entries(files).filter(([, value]) => value !== undefined));
  if (!given.tls && Object.keys(tls).length > 0)
    throw new UsageError('--ca, --cert, --key and --server-name need --tls');
  if ((given.cert === undefined) !== (given.key === undefined))
    throw new UsageError('--cert and --key go together');
  if ((given.sasl === undefined) !== (given.user === undefined))
    throw new UsageError('--sasl and --user go together');
  const sasl =
    given.sasl === undefined
      ? {}
      : { sasl: { mechanism: given.sasl, username: given.user, password: await password() } };
  return readOf(
    zKafkaConnection.safeParse({
      kind: 'kafka',
      brokers,
      ...(given.tls ? { tls } : {}),
      ...sasl,
      ...(await registryOf(given)),
    }),
  );
}

async function registryOf({ registry: url, 'registry-user': username }: Given): Promise<object> {
  if (url === undefined) {
    if (username !== undefined) throw new UsageError('--registry-user needs --registry');
    return {};
  }
  if (username === undefined) return { registry: { url } };
  const secret = await password('Password of the registry', 'WEIR_REGISTRY_PASSWORD');
  return { registry: { url, username, password: secret } };
}

function readOf(read: ZodSafeParseResult<Connection>): Connection {
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new UsageError(
    `${issue?.path.map(String).join('.') ?? 'the connection'}: ${issue?.message ?? 'is wrong'}`,
  );
}

/** From the environment, or typed without being shown, or the first line of a pipe. */
async function password(prompt = 'Password', variable = 'WEIR_PASSWORD'): Promise<string> {
  const given = process.env[variable];
  if (given !== undefined) return given;
  const { stdin, stderr } = process;
  if (stdin.isTTY) stderr.write(`${prompt}: `);
  // A terminal shows what is written to the output, and this one swallows it.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output, terminal: stdin.isTTY });
  const typed = await new Promise<string>((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(''));
  });
  lines.close();
  if (stdin.isTTY) stderr.write('\n');
  if (typed === '') throw new UsageError(`the password is empty: type it, pipe it in, or set ${variable}`);
  return typed;
}
