/** A connection while it is written into the form. Pure. */
import {
  CONNECTION_NAME,
  type Connection,
  type SASL_MECHANISMS,
  zConnection,
} from '../../engine/contract/connections.ts';

export type Mechanism = (typeof SASL_MECHANISMS)[number] | 'none';

export interface Draft {
  readonly name: string;
  readonly brokers: string;
  readonly tls: boolean;
  readonly caFile: string;
  readonly mechanism: Mechanism;
  readonly username: string;
  readonly password: string;
  /** Of the schema registry; empty: none. */
  readonly registry: string;
  readonly registryUser: string;
  readonly registryPassword: string;
}

export const EMPTY_DRAFT: Draft = {
  name: '',
  brokers: '',
  tls: false,
  caFile: '',
  mechanism: 'none',
  username: '',
  password: '',
  registry: '',
  registryUser: '',
  registryPassword: '',
};

export const isName = (name: string): boolean => CONNECTION_NAME.test(name);

/** The connection, or in which of its parts something is missing or wrong. */
export function connectionOf(draft: Draft): Connection | { readonly wrong: keyof Draft } {
  const { brokers, tls, caFile, mechanism, username, password, registry } = draft;
  if (mechanism !== 'none' && username === '') return { wrong: 'username' };
  if (mechanism !== 'none' && password === '') return { wrong: 'password' };
  if (registry !== '' && (draft.registryUser === '') !== (draft.registryPassword === ''))
    return { wrong: draft.registryUser === '' ? 'registryUser' : 'registryPassword' };
  const read = zConnection.safeParse({
    kind: 'kafka',
    brokers: brokers
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
    ...(tls ? { tls: caFile === '' ? {} : { caFile } } : {}),
    ...(mechanism === 'none' ? {} : { sasl: { mechanism, username, password } }),
    ...(registry === '' ? {} : { registry: registryOf(draft) }),
  });
  if (read.success) return read.data;
  return { wrong: read.error.issues.some(({ path }) => path[0] === 'registry') ? 'registry' : 'brokers' };
}

const registryOf = ({ registry, registryUser, registryPassword }: Draft) => ({
  url: registry,
  ...(registryUser === '' ? {} : { username: registryUser, password: registryPassword }),
});
