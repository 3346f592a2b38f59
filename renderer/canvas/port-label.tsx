/** The name and count of a late or dead-letter port, below the card: beside it there is the next card. */
import { useRef } from 'react';
import { nodeText } from '../app/strings/spec-text.ts';
import { formatCount } from '../ui/format.ts';
import type { PlacedPort } from './geometry.ts';
import { useTelemetry, writeText } from './use-telemetry.ts';

const DETAIL = { detail: true } as const;

export function PortLabel({ node, port }: { node: string; port: PlacedPort }) {
  const label = useRef<HTMLSpanElement>(null);
  const { role } = port.spec;
  const name = nodeText(port.spec.label);
  useTelemetry((telemetry) => {
    const element = label.current;
    if (element === null) return;
    const count = telemetry.node(node, role === 'late' ? 'lateRecords' : 'deadLetters');
    writeText(element, count > 0 ? `${name} ${formatCount(count)}` : name);
    const some = String(count > 0);
    if (element.dataset['some'] !== some) element.dataset['some'] = some;
  }, DETAIL);
  return <span className={`port-label ${role}`} ref={label} data-some="false" />;
}
