/**
 * Stands in for a Confluent Schema Registry, by its documentation: the real one is in no package registry that is reached here.
 * https://docs.confluent.io/platform/current/schema-registry/develop/api.html
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Registered {
  readonly schema: string;
  readonly schemaType?: string;
  readonly references?: readonly {
    readonly name: string;
    readonly subject: string;
    readonly version: number;
  }[];
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

export class RegistryServer {
  readonly address: string;
  /** Answers so in place of what is asked, while it is set. */
  instead: Answer | null = null;
  calls = 0;
  readonly #server: Server;
  readonly #byId = new Map<number, Registered>();
  readonly #subjects = new Map<string, Registered[]>();
  readonly #login: string | null;

  private constructor(server: Server, login: string | null) {
    this.#server = server;
    this.#login = login;
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  /** @param login `user:password`; null: anyone may read */
  static async start(login: string | null = null): Promise<RegistryServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new RegistryServer(server, login);
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** @returns its id */
  register(subject: string, schema: unknown, more: Omit<Registered, 'schema'> = {}): number {
    const registered = { schema: typeof schema === 'string' ? schema : JSON.stringify(schema), ...more };
    const id = this.#byId.size + 1;
    this.#byId.set(id, registered);
    this.#subjects.set(subject, [...(this.#subjects.get(subject) ?? []), registered]);
    return id;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.calls++;
    const { url = '', headers, method } = request;
    const given = await text(request);
    const { status, body } =
      this.instead ??
      this.#allowed(headers.authorization) ??
      (method === 'POST' ? this.#added(url, given) : this.#found(url));
    response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
    response.end(body);
  }

  #allowed(authorization: string | undefined): Answer | null {
    const login = this.#login === null ? null : `Basic ${Buffer.from(this.#login).toString('base64')}`;
    return login === null || authorization === login ? null : fault(401, 401, 'Unauthorized');
  }

  /** The same schema keeps its id. */
  #added(url: string, body: string): Answer {
    const [, subject = ''] = /^\/subjects\/([^/]+)\/versions$/.exec(url) ?? [];
    const { schema, ...more } = JSON.parse(body) as Registered;
    const same = [...this.#byId].find(([, known]) => known.schema === schema);
    const id = same?.[0] ?? this.register(decodeURIComponent(subject), schema, more);
    return { status: 200, body: JSON.stringify({ id }) };
  }

  #found(url: string): Answer {
    if (url === '/subjects') return { status: 200, body: JSON.stringify([...this.#subjects.keys()]) };
    const [, id] = /^\/schemas\/ids\/(\d+)$/.exec(url) ?? [];
    if (id !== undefined) {
      const found = this.#byId.get(Number(id));
      return found === undefined
        ? fault(404, 40403, 'Schema not found')
        : { status: 200, body: JSON.stringify(found) };
    }
    const [, subject = '', version] = /^\/subjects\/([^/]+)\/versions\/(\d+|latest)$/.exec(url) ?? [];
    const versions = this.#subjects.get(decodeURIComponent(subject)) ?? [];
    const found = version === 'latest' ? versions.at(-1) : versions[Number(version) - 1];
    if (found === undefined) return fault(404, 40401, 'Subject not found.');
    return { status: 200, body: JSON.stringify({ subject, ...found }) };
  }
}

const fault = (status: number, error_code: number, message: string): Answer => ({
  status,
  body: JSON.stringify({ error_code, message }),
});

/** As serializers write it: a zero, the id, the value. */
export function withSchemaId(id: number, value: Buffer | string): Buffer {
  const head = Buffer.alloc(5);
  head.writeInt32BE(id, 1);
  return Buffer.concat([head, Buffer.from(value as string)]);
}
