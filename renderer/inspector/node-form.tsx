/** A node's settings, made from its spec, and what comes out of it. */
import { useMemo } from 'react';
import type { GraphNode } from '../../engine/contract/document.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import type { NodeSpec } from '../../engine/contract/spec.ts';
import { t } from '../app/strings/index.ts';
import { useDocument, useStudio } from '../app/studio-context.ts';
import { engineReady } from '../engine-client/ready.ts';
import { edit, endGesture } from '../store/document.ts';
import { useCalm } from '../ui/use-calm.ts';
import { Form, type FormContext } from './form/context.ts';
import { FieldList } from './form/field-control.tsx';
import { FUNCTION_NAMES, PATTERN_FUNCTION_NAMES } from './form/functions.ts';
import { formOf } from './form/model.ts';
import { sortProblems } from './form/problems.ts';
import { namesOf, scopesOf } from './form/scopes.ts';
import { getAt, pathKeyOf, setAt } from './form/values.ts';
import { firstOfEach, useInputSamples } from './inputs.ts';
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
  // What a sink gets is said above, with its reason.
  const others = sorted.others.filter(({ code }) => code !== 'G-GUARANTEE');
  const scopes = scopesOf(spec, fields, node.config, {
    inputs: firstOfEach(checked?.inputs),
    out: checked?.outputs['out'] ?? null,
    samples: useCalm(useInputSamples(id)),
  });
  const form: FormContext = {
    FieldList,
    ...scopes,
    names: (scope) => namesOf(scopes, scope),
    functions: (scope) => (scope === 'pattern' ? PATTERN_FUNCTION_NAMES : FUNCTION_NAMES),
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
    browsed:
      spec.browses === true
        ? () => ({
            nodeType: spec.type,
            config: studio.document.getState().document.nodes[id]?.config ?? {},
          })
        : null,
  };
  const infer = async (): Promise<readonly Problem[]> => {
    const state = studio.document.getState();
    const filePath = state.file?.path ?? null;
    await engineReady(studio);
    const reply = await studio.engine.request({
      type: 'source.infer',
      nodeType: spec.type,
      config: state.document.nodes[id]?.config ?? {},
      baseDir: filePath === null ? null : filePath.replace(/[\\/][^\\/]*$/, '') || '/',
    });
    if (!reply.ok) return reply.problems as readonly Problem[];
    for (const [key, value] of Object.entries(reply.result as Record<string, unknown>))
      form.change([key], value);
    form.done();
    return NO_PROBLEMS;
  };
  return (
    <Form value={form}>
      {others.length > 0 && (
        <div className="section">
          <ProblemNotes problems={others} />
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
