/**
 * What each sink really gets of what a run is asked for: it follows from whether sources can be read again, from the run's mode, from
 * the sink's protocol, and from whether operators above it keep state. Pure; the studio and `weir explain` show it.
 */
import type { Guarantee, RunSettings } from '../contract/document.ts';
import { type Problem, problem } from '../contract/problems.ts';
import type { SinkProtocol } from '../contract/spec.ts';
import { above } from './above.ts';
import type { CheckedGraph, CheckedNode } from './graph.ts';

/** `none`: records may be lost and results may be there twice. */
export type Got = Guarantee | 'none';

export interface SinkGuarantee {
  readonly sink: string;
  readonly protocol: SinkProtocol;
  readonly guarantee: Got;
  /** One sentence that explains it. */
  readonly why: string;
}

export interface GuaranteeFacts {
  readonly checkpoints: boolean;
  readonly mode: Guarantee;
  readonly protocol: SinkProtocol;
  /** Sources above the sink that cannot be read again. */
  readonly unreplayable: readonly string[];
  /** Whether an operator above the sink keeps state. */
  readonly stateful: boolean;
}

export const DEFAULT_GUARANTEE: Guarantee = 'exactly-once';

/** Whether runs of a document take checkpoints by themselves, wherever they are started. */
export const asksForCheckpoints = (settings: RunSettings | undefined): boolean =>
  settings?.checkpoints !== undefined ||
  settings?.guarantee !== undefined ||
  (settings?.restart !== undefined && settings.restart.strategy !== 'none');

/** @param checkpoints whether the run takes any; left out, as the document says */
export function guaranteesOf(
  graph: CheckedGraph,
  checkpoints: boolean = asksForCheckpoints(graph.document.settings),
): SinkGuarantee[] {
  const mode = graph.document.settings?.guarantee ?? DEFAULT_GUARANTEE;
  return [...graph.nodes.values()]
    .filter((node) => node.spec.kind === 'sink')
    .map((node) => {
      const protocol = node.spec.protocol ?? 'none';
      const upstream = above(graph, node.id);
      const facts = { checkpoints, mode, protocol, ...lookAbove(upstream) };
      return { sink: node.id, protocol, ...guaranteeFrom(facts) };
    });
}

function lookAbove(upstream: readonly CheckedNode[]): Pick<GuaranteeFacts, 'unreplayable' | 'stateful'> {
  const sources = upstream.filter((node) => node.spec.kind === 'source');
  return {
    unreplayable: sources.filter((node) => node.spec.replayable !== true).map((node) => node.id),
    stateful: upstream.some((node) => node.spec.stateful),
  };
}

export function guaranteeFrom(facts: GuaranteeFacts): Pick<SinkGuarantee, 'guarantee' | 'why'> {
  const { checkpoints, mode, protocol, unreplayable, stateful } = facts;
  if (!checkpoints)
    return {
      guarantee: 'at-most-once',
      why: 'Without checkpoints a failed run cannot go on: what was on its way is lost, and nothing is written again unless the run is started anew.',
    };
  if (mode === 'at-most-once')
    return {
      guarantee: 'at-most-once',
      why:
        protocol === 'none' && stateful
          ? 'After a restart sources go on behind what they gave and state begins empty, so nothing comes again, and what was on its way or in state is lost.'
          : 'After a restart sources go on behind what they gave, so nothing comes again, and what was on its way is lost.',
    };
  if (unreplayable.length > 0) return notReplayed(facts);
  if (protocol === 'idempotent')
    return {
      guarantee: 'exactly-once',
      why: 'After a restart rows since the last checkpoint are written again, and each takes the place of the first.',
    };
  if (protocol === 'none')
    return {
      guarantee: 'at-least-once',
      why: 'Nothing is lost, as sources are read again from the last checkpoint; but the sink shows rows at once, so those since that checkpoint are there twice.',
    };
  return mode === 'at-least-once'
    ? {
        guarantee: 'at-least-once',
        why: 'Nothing is lost, as sources are read again from the last checkpoint; but rows become visible without waiting for a checkpoint, so those of a failed run are there twice.',
      }
    : {
        guarantee: 'exactly-once',
        why: 'Rows become visible only when the checkpoint behind them is complete; after a restart sources are read again from there, and rows that were not visible yet are dropped.',
      };
}

/** Records between the last checkpoint and a failure are gone; whether results come twice depends on what state fires again. */
function notReplayed({ mode, protocol, unreplayable, stateful }: GuaranteeFacts): {
  guarantee: Got;
  why: string;
} {
  const lost = `${unreplayable.join(', ')} cannot be read again, so what came between the last checkpoint and a failure is lost`;
  const takesBack = protocol === 'idempotent' || (protocol === 'transactional' && mode === 'exactly-once');
  if (takesBack || !stateful) return { guarantee: 'at-most-once', why: `${lost}; nothing is there twice.` };
  return {
    guarantee: 'none',
    why: `${lost}, and results that state gave since that checkpoint come again, beside those that the sink has shown.`,
  };
}

/** Whether `got` gives all that `asked` promises. At-least-once and at-most-once promise different things: neither holds for the other. */
export const holds = (asked: Guarantee, got: Got): boolean => got === asked || got === 'exactly-once';

/** Sinks that get less than the document asks for. Where it asks for nothing, nothing is missing. */
export function guaranteeProblems(graph: CheckedGraph): Problem[] {
  const asked = graph.document.settings?.guarantee;
  if (asked === undefined) return [];
  return guaranteesOf(graph)
    .filter(({ guarantee }) => !holds(asked, guarantee))
    .map(({ sink, guarantee, why }) =>
      problem('G-GUARANTEE', {
        severity: 'warning',
        path: ['nodes', sink],
        message: `The document asks for ${asked}, and this sink gets ${guarantee === 'none' ? 'no guarantee' : guarantee}. ${why}`,
        value: guarantee,
        expected: asked,
        next: `Use a sink that commits with the checkpoint (such as the file sink) and sources that can be read again, or ask for ${guarantee === 'none' ? 'at-most-once' : guarantee}.`,
      }),
    );
}
