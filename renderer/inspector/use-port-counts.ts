import { useEffect, useState } from 'react';
import type { PortSpec } from '../../engine/contract/spec.ts';
import { useStudio } from '../app/studio-context.ts';
import { formatCount } from '../ui/format.ts';

/** ms; no person reads faster. */
const READ_EVERY = 250;

/** How many rows left by late and errors ports, as text; a port without any has none. */
export function usePortCounts(id: string, ports: readonly PortSpec[]): Readonly<Record<string, string>> {
  const { telemetry } = useStudio();
  const [counts, setCounts] = useState<Readonly<Record<string, string>>>({});
  const roles = ports.map(({ name, role }) => `${name} ${role}`).join('\n');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const read = (): void => {
      timer = null;
      const next = Object.fromEntries(
        roles
          .split('\n')
          .map((line) => line.split(' '))
          .flatMap(([name = '', role]) => {
            const rows = telemetry.node(id, role === 'late' ? 'lateRecords' : 'deadLetters');
            return name !== '' && rows > 0 ? [[name, formatCount(rows)]] : [];
          }),
      ) as Record<string, string>;
      setCounts((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next));
    };
    read();
    const end = telemetry.subscribe(() => {
      timer ??= setTimeout(read, READ_EVERY);
    });
    return () => {
      end();
      if (timer !== null) clearTimeout(timer);
    };
  }, [id, roles, telemetry]);
  return counts;
}
