import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChaos } from '../../contract/chaos.ts';
import { VirtualClock } from '../clock.ts';
import { announceFaults } from './announce.ts';

function announced(text: string, attempt: number, elapsedMs: number) {
  const chaos = parseChaos(text);
  assert.ok(typeof chaos !== 'string', String(chaos));
  const clock = new VirtualClock(1000);
  const lines: [number, string | null, string][] = [];
  const end = announceFaults(
    { chaos, attempt, elapsedMs, seed: 0, struck: [] },
    clock,
    (at, _, node, said) => {
      lines.push([at - 1000 + elapsedMs, node, said]);
    },
  );
  return { clock, lines, end };
}

test('what has a time is said when it strikes, what always holds at the start', () => {
  const { clock, lines } = announced('stall=in:p@2s+3s,jump=-1h@4s,slow=out:20ms,fail=out@5', 0, 0);
  assert.deepEqual(lines, [[0, 'out', 'Injected: every batch takes out longer by 20 ms.']]);
  clock.advanceTo(11_000);
  assert.deepEqual(lines.slice(1), [
    [2000, 'in', 'Injected: partition p of in gives nothing for 3 s.'],
    [4000, null, 'Injected: the clock jumps back by 1 h.'],
    [5000, 'in', 'Injected: partition p of in gives again, with all that it held back.'],
  ]);
});

test('after a restart only what is still to come is said, and nothing after the end', () => {
  const { clock, lines, end } = announced('stall=in:p@2s+3s,slow=out:20ms,jump=1h@9s', 1, 3000);
  clock.advanceTo(3500);
  end();
  clock.advanceTo(60_000);
  assert.deepEqual(
    lines.map(([at]) => at),
    [5000],
  );
});
