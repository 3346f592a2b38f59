import type { Telemetry } from '../store/telemetry.ts';

/** Below this share of a second, waiting for the next node is ordinary. */
const PRESSURE_MIN = 0.1;

/** The node that could not emit for the largest part of the last second; null: none to speak of. */
export function worstPressure(
  telemetry: Telemetry,
): { readonly node: string; readonly share: number } | null {
  let worst: { node: string; share: number } | null = null;
  for (const node of telemetry.layout.nodes) {
    const share = telemetry.node(node, 'backPressure');
    if (share >= PRESSURE_MIN && share > (worst?.share ?? 0)) worst = { node, share };
  }
  return worst;
}
