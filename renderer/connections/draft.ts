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
}

export const EMPTY_DRAFT: Draft = {
  name: '',
  brokers: '',
  tls: false,
  caFile: '',
  mechanism: 'none',
  username: '',
  password: '',
};

export const isName = (name: string): boolean => CONNECTION_NAME.test(name);

/** The connection, or in which of its parts something is missing or wrong. */
export function connectionOf(draft: Draft): Connection | { readonly wrong: keyof Draft } {
  const { brokers, tls, caFile, mechanism, username, password } = draft;
  if (mechanism !== 'none' && username === '') return { wrong: 'username' };
  if (mechanism !== 'none' && password === '') return { wrong: 'password' };
  const read = zConnection.safeParse({
    kind: 'kafka',
    brokers: brokers
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
    ...(tls ? { tls: caFile === '' ? {} : { caFile } } : {}),
    ...(mechanism === 'none' ? {} : { sasl: { mechanism, username, password } }),
  });
  return read.success ? read.data : { wrong: 'brokers' };
}
