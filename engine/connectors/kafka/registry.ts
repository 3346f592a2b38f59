/** A Confluent Schema Registry. https://docs.confluent.io/platform/current/schema-registry/develop/api.html */
import { z } from 'zod';
import type { KafkaConnection, Registry } from '../../contract/connections.ts';
import { type Problem, problem, showValue, WeirError } from '../../contract/problems.ts';
import {
  AvroSchemaError,
  type AvroType,
  type NamedTypes,
  parseAvroSchema,
} from '../../formats/avro/schema.ts';
import type { BadRecord } from '../../formats/codec.ts';

const ANSWER_MS = 10_000;

const zSchema = z.object({
  schema: z.string(),
  /** Left out: Avro. */
  schemaType: z.string().default('AVRO'),
  references: z.array(z.object({ name: z.string(), subject: z.string(), version: z.number() })).default([]),
});
export type RegisteredSchema = z.output<typeof zSchema>;

/** It did not answer, or stumbled: that may pass. */
export class Unreached extends Error {}

/** The registry has no such schema or subject. */
export class NotRegistered extends Error {}

export class SchemaRegistry {
  readonly #known: Map<number, AvroType | BadRecord>;
  readonly #registry: Registry;
  readonly #path: Problem['path'];
  readonly #signal: AbortSignal;

  /** @param path of the setting that names the connection; @param known what was loaded, by id */
  constructor(
    registry: Registry,
    path: Problem['path'],
    signal: AbortSignal,
    known = new Map<number, AvroType | BadRecord>(),
  ) {
    this.#known = known;
    this.#registry = registry;
    this.#path = path;
    this.#signal = signal;
  }

  /** Of a connection; parameters as above. @throws WeirError where it names none */
  static of(
    connection: KafkaConnection,
    path: Problem['path'],
    signal: AbortSignal,
    known?: Map<number, AvroType | BadRecord>,
  ): SchemaRegistry {
    return new SchemaRegistry(registryOf(connection, path), path, signal, known);
  }

  /**
   * After it they are all known.
   * @throws WeirError where the registry refuses; Unreached
   */
  async load(ids: Iterable<number>): Promise<void> {
    for (const id of ids) if (!this.#known.has(id)) this.#known.set(id, await this.#byId(id));
  }

  /** Whether it answers, and takes the credentials. @throws WeirError */
  async test(): Promise<void> {
    const read = z.array(z.string()).safeParse(await this.reached(() => this.#list()));
    if (!read.success) throw this.#strange();
  }

  async #list(): Promise<unknown> {
    try {
      return await this.#json(await this.#ask('/subjects'), '/subjects');
    } catch (error) {
      throw error instanceof NotRegistered ? this.#strange() : error;
    }
  }

  /** What is written now to a subject. @throws NotRegistered, and as `load` */
  latest(subject: string): Promise<RegisteredSchema> {
    return this.#get(`/subjects/${encodeURIComponent(subject)}/versions/latest`);
  }

  /** The id of a schema, which is registered where it is not. @throws WeirError where it does not fit those before, and as `load` */
  async register(
    subject: string,
    schema: { readonly schemaType: string; readonly schema: string },
  ): Promise<number> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions`;
    const response = await this.#ask(path, schema);
    if (response.status === 409 || response.status === 422)
      throw this.#incompatible(subject, await textOf(response));
    const read = z.object({ id: z.int().min(0) }).safeParse(await this.#json(response, path));
    if (!read.success) throw this.#strange();
    return read.data.id;
  }

  /** For who does not wait: a registry that is away is a problem. */
  async reached<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Unreached) throw this.#unreachable(error);
      throw error;
    }
  }

  /** @throws AvroSchemaError, and as `load` */
  async avroOf(found: RegisteredSchema): Promise<AvroType> {
    const named: NamedTypes = new Map();
    await this.#refer(found, named, new Set());
    return parseAvroSchema(found.schema, named);
  }

  /** What a schema refers to comes before it. */
  async #refer({ references }: RegisteredSchema, named: NamedTypes, seen: Set<string>): Promise<void> {
    for (const { subject, version } of references) {
      const own = `${subject} ${version}`;
      if (seen.has(own)) continue;
      seen.add(own);
      const found = await this.#get(`/subjects/${encodeURIComponent(subject)}/versions/${version}`);
      await this.#refer(found, named, seen);
      parseAvroSchema(found.schema, named);
    }
  }

  async #byId(id: number): Promise<AvroType | BadRecord> {
    try {
      const found = await this.#get(`/schemas/ids/${id}`);
      if (found.schemaType !== 'AVRO') return unusable(id, `is one of ${found.schemaType}`);
      return await this.avroOf(found);
    } catch (error) {
      if (error instanceof NotRegistered) return unusable(id, 'is not in the registry');
      if (error instanceof AvroSchemaError) return unusable(id, `cannot be read: ${error.message}`);
      throw error;
    }
  }

  async #get(path: string): Promise<RegisteredSchema> {
    const read = zSchema.safeParse(await this.#json(await this.#ask(path), path));
    if (!read.success) throw this.#strange();
    return read.data;
  }

  async #json(response: Response, path: string): Promise<unknown> {
    if (response.status === 404) throw new NotRegistered(path);
    if (response.status === 401 || response.status === 403) throw this.#refused(response.status);
    if (!response.ok) throw new Unreached(`it answers with ${response.status}`);
    const text = await response.text().catch(passing);
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  #ask(path: string, body?: object): Promise<Response> {
    const { url, username, password = '' } = this.#registry;
    const token = Buffer.from(`${username}:${password}`).toString('base64');
    return fetch(url.replace(/\/$/, '') + path, {
      headers: {
        accept: 'application/vnd.schemaregistry.v1+json, application/json',
        ...(username === undefined ? {} : { authorization: `Basic ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/vnd.schemaregistry.v1+json' }),
      },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(ANSWER_MS)]),
    }).catch(passing);
  }

  #incompatible(subject: string, said: string): WeirError {
    return new WeirError(
      problem('C-FORMAT', {
        path: [...this.#path.slice(0, -1), 'format'],
        message: `The registry does not take the schema of these rows for ${showValue(subject)}: ${said}`,
        value: showValue(subject),
        expected: 'rows that fit the schemas that were registered before',
        next: 'Rename or convert fields with a Map, write to another topic, or change the compatibility of the subject.',
      }),
    );
  }

  #unreachable(error: Unreached): WeirError {
    return new WeirError(
      problem('C-ACCESS', {
        path: this.#path,
        message: `The schema registry at ${this.#registry.url} cannot be reached: ${error.message}.`,
        expected: 'a registry that answers',
        next: 'Check its address, and that it runs.',
      }),
      { cause: error },
    );
  }

  #refused(status: number): WeirError {
    return new WeirError(
      problem('C-ACCESS', {
        path: this.#path,
        message: `The schema registry at ${this.#registry.url} refuses the user name or password (${status}).`,
        expected: 'credentials that it knows, with the right to read schemas',
        next: 'Correct the registry of the connection.',
      }),
    );
  }

  #strange(): WeirError {
    return new WeirError(
      problem('C-FORMAT', {
        path: this.#path,
        message: `What answers at ${this.#registry.url} is no schema registry.`,
        value: showValue(this.#registry.url),
        expected: 'the address of a Confluent Schema Registry, or of one that speaks its protocol',
        next: 'Correct the registry of the connection.',
      }),
    );
  }
}

/** What fetch throws: what is wrong stands in its cause. */
function passing(error: Error): never {
  const { cause } = error;
  throw new Unreached(cause instanceof Error && cause.message !== '' ? cause.message : error.message, {
    cause: error,
  });
}

const textOf = async (response: Response): Promise<string> =>
  (await response.text().catch(() => '')).slice(0, 300);

const unusable = (id: number, why: string): BadRecord => ({
  code: 'R-DECODE',
  message: `The schema ${id} that the value names ${why}.`,
  value: String(id),
  expected: 'an Avro schema that the registry has',
  next: 'Look at who writes it, and whether the connection names the right registry.',
});

/** Of a connection. @throws WeirError where it names none */
export function registryOf({ registry }: KafkaConnection, path: Problem['path']): Registry {
  if (registry !== undefined) return registry;
  throw new WeirError(
    problem('S-VALUE', {
      path,
      message: 'The connection names no schema registry, and the values are written with one.',
      expected: 'a connection with the address of a registry',
      next: 'Add it to the connection: weir connections add NAME --brokers … --registry URL.',
    }),
  );
}
