/** A node's settings, made from its spec, and what comes out of it. */
import { useMemo } from 'react';
import type { GraphNode } from '../../engine/contract/document.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import type { NodeSpec } from '../../engine/contract/spec.ts';
import { bothFields } from '../../engine/plan/both-fields.ts';
import { t } from '../app/strings/index.ts';
import { useDocument, useRun, useStudio } from '../app/studio-context.ts';
import { edit, endGesture } from '../store/document.ts';
import { portKey } from '../store/run.ts';
import { useCalm } from '../ui/use-calm.ts';
import { Form, type FormContext } from './form/context.ts';
import { FieldList } from './form/field-control.tsx';
import { FUNCTION_NAMES } from './form/functions.ts';
import { formOf } from './form/model.ts';
import { sortProblems } from './form/problems.ts';
import { selfFields } from './form/self-fields.ts';
import { getAt, pathKeyOf, setAt } from './form/values.ts';
import { Outputs } from './outputs.tsx';
import { ProblemNotes } from './problem-note.tsx';

const NO_PROBLEMS: readonly Problem[] = [];

export function NodeForm({ id, node, spec }: { id: string; node: GraphNode; spec: NodeSpec }) {
  const studio = useStudio();
  const checked = useDocument((state) => state.graph.nodes.get(id));
  const problems = useDocument((state) => state.graph.problems);
  const fields = formOf(spec);
  const sorted = useMemo(
    () => sortProblems(problems, id, fields, node.config),
    [problems, id, fields, node.config],
  );
  const input = checked?.inputs[spec.inputs[0]?.name ?? '']?.[0];
  const left = checked?.inputs['left']?.[0];
  const right = checked?.inputs['right']?.[0];
  const self = selfFields(fields, node.config, checked?.outputs['out'] ?? null);
  const from = useDocument((state) => state.graph.edges.find((edge) => edge.to.node === id)?.from);
  const inputSample = useCalm(
    useRun((state) => (from === undefined ? undefined : state.samples.get(portKey(from.node, from.port)))),
  );
  const ownSample = useCalm(useRun((state) => state.samples.get(portKey(id, 'out'))));
  const form: FormContext = {
    FieldList,
    fields: {
      input: input?.fields ?? [],
      self,
      left: left?.fields ?? [],
      right: right?.fields ?? [],
      both: bothFields(left?.fields ?? [], right?.fields ?? []),
      pattern: input?.fields ?? [],
    },
    known: {
      input: input !== undefined,
      self: self.length > 0,
      left: left !== undefined,
      right: right !== undefined,
      both: left !== undefined && right !== undefined,
      // Names with variables and what FIRST and LAST mean are known to the node's check alone.
      pattern: false,
    },
    functions: FUNCTION_NAMES,
    samples: {
      input: inputSample ?? null,
      self: ownSample ?? null,
      left: null,
      right: null,
      both: null,
      pattern: null,
    },
    value: (path) => getAt(node.config, path),
    problems: (path) => sorted.byControl.get(pathKeyOf(path)) ?? NO_PROBLEMS,
    change(path, value) {
      // The config as it is now, not as it was drawn: an answer (Infer) may come later.
      const now = studio.document.getState().document.nodes[id];
      if (now === undefined) return;
      const config = setAt(now.config, path, value) as GraphNode['config'];
      edit(studio.document, { type: 'setConfig', id, config }, `config ${id} ${pathKeyOf(path)}`);
    },
    done: () => endGesture(studio.document),
    infer: spec.infers === true ? () => infer() : null,
  };
  const infer = async () => {
    const state = studio.document.getState();
    const filePath = state.file?.path ?? null;
    const reply = await studio.engine.request({
      type: 'source.infer',
      nodeType: spec.type,
      config: state.document.nodes[id]?.config ?? {},
      baseDir: filePath === null ? null : filePath.replace(/[\\/][^\\/]*$/, '') || '/',
    });
    return reply.ok
      ? ({ ok: true, schema: reply.result } as const)
      : ({ ok: false, problems: reply.problems as readonly Problem[] } as const);
  };
  return (
    <Form value={form}>
      {sorted.others.length > 0 && (
        <div className="section">
          <ProblemNotes problems={sorted.others} />
        </div>
      )}
      {fields.length === 0 ? (
        <p className="section faint">{t('inspector.noSettings')}</p>
      ) : (
        <FieldList fields={fields} path={[]} top />
      )}
      <Outputs
        ports={spec.outputs}
        schemas={checked?.outputs ?? {}}
        unknown={t(spec.kind === 'source' ? 'output.unknownSource' : 'output.unknownInput')}
      />
    </Form>
  );
}
