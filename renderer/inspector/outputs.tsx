/** What comes out of a node: the schema of every port. */
import type { PortSpec } from '../../engine/contract/spec.ts';
import { type EdgeSchema, printType } from '../../engine/contract/types.ts';
import { t } from '../app/strings/index.ts';
import { nodeText } from '../app/strings/spec-text.ts';

export function Outputs({
  ports,
  schemas,
  unknown,
}: {
  ports: readonly PortSpec[];
  schemas: Readonly<Record<string, EdgeSchema | null>>;
  /** Said of a schema that is not known. */
  unknown: string;
}) {
  const main = ports.filter((port) => port.role === 'main');
  const side = ports.filter((port) => port.role !== 'main');
  return (
    <>
      {main.map((port) => (
        <section key={port.name} className="section">
          <div className="field-label">
            <span>
              {main.length === 1 ? t('output.title') : t('output.port', { port: nodeText(port.label) })}
            </span>
            <SchemaKind schema={schemas[port.name] ?? null} />
          </div>
          <SchemaText schema={schemas[port.name] ?? null} unknown={unknown} />
        </section>
      ))}
      {side.map((port) => (
        <details key={port.name} className="section more">
          <summary>{t('output.port', { port: nodeText(port.label) })}</summary>
          <SchemaText schema={schemas[port.name] ?? null} unknown={unknown} />
        </details>
      ))}
    </>
  );
}

export function SchemaKind({ schema }: { schema: EdgeSchema | null }) {
  if (schema === null) return null;
  return (
    <span className="faint">
      {t(schema.changelog === 'append' ? 'output.append' : 'output.updating')}
      {' · '}
      {t(schema.eventTime ? 'output.eventTime' : 'output.noEventTime')}
    </span>
  );
}

/** `origin STRING · flights BIGINT · late_by DOUBLE?` */
export function SchemaText({ schema, unknown }: { schema: EdgeSchema | null; unknown: string }) {
  if (schema === null) return <p className="faint">{unknown}</p>;
  return (
    <p className="schema-text mono">
      {schema.fields.map(({ name, type, nullable }, i) => (
        <span key={name}>
          {i > 0 && ' · '}
          <b>{name}</b>{' '}
          <span className="faint" title={nullable ? t('output.nullable') : undefined}>
            {printType(type)}
            {nullable ? '?' : ''}
          </span>
        </span>
      ))}
    </p>
  );
}
