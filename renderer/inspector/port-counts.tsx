/** How many rows left by late and errors ports. */
import { useEffect, useRef, useState } from 'react';
import type { PortSpec } from '../../engine/contract/spec.ts';
import { useStudio } from '../app/studio-context.ts';
import { useTelemetry, writeText } from '../canvas/use-telemetry.ts';
import type { Telemetry } from '../store/telemetry.ts';
import { formatCount } from '../ui/format.ts';

export const portRecords = (telemetry: Telemetry, id: string, role: PortSpec['role']): number =>
  telemetry.node(id, role === 'late' ? 'lateRecords' : 'deadLetters');

/** Written with the figures of the card, so that the two never differ. */
export function PortCount({ id, port }: { id: string; port: PortSpec }) {
  const count = useRef<HTMLSpanElement>(null);
  useTelemetry((telemetry) => writeText(count.current, formatCount(portRecords(telemetry, id, port.role))));
  return <span ref={count} />;
}

/** Names of the ports by which any row left. Renders only when there is another one. */
export function useFilledPorts(id: string, ports: readonly PortSpec[]): readonly string[] {
  const { telemetry } = useStudio();
  const [names, setNames] = useState('');
  const latest = useRef(ports);
  latest.current = ports;
  useEffect(() => {
    const read = (): void =>
      setNames(
        latest.current
          .filter(({ role }) => portRecords(telemetry, id, role) > 0)
          .map(({ name }) => name)
          .join('\n'),
      );
    read();
    return telemetry.subscribe(read);
  }, [id, telemetry]);
  return names.split('\n');
}
