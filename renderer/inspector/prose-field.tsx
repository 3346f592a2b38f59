/** A text that is read far more often than written: shown as prose, edited as text. */
import { useState } from 'react';
import { t } from '../app/strings/index.ts';
import { proseOf } from './form/prose.ts';

export function ProseField({
  label,
  hint,
  text,
  onChange,
  onDone,
}: {
  label: string;
  hint: string;
  text: string;
  onChange: (text: string) => void;
  onDone: () => void;
}) {
  const [editing, setEditing] = useState(false);
  return (
    <section className="section">
      <div className="field-label">
        <span>{label}</span>
        {(text !== '' || editing) && (
          <button type="button" className="link" onClick={() => setEditing(!editing)}>
            {t(editing ? 'document.done' : 'document.edit')}
          </button>
        )}
      </div>
      {editing || text === '' ? (
        <textarea
          className="input area"
          rows={editing ? 10 : 2}
          aria-label={label}
          placeholder={hint}
          value={text}
          onFocus={() => setEditing(true)}
          onChange={(event) => onChange(event.target.value)}
          onBlur={onDone}
        />
      ) : (
        <Prose text={text} />
      )}
    </section>
  );
}

/** Paragraphs, and code between backticks: as much of Markdown as a note needs. */
function Prose({ text }: { text: string }) {
  return (
    <div className="prose">
      {proseOf(text).map((block, b) =>
        block.kind === 'code' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no identity but their place
          <pre key={b} className="mono">
            {block.text}
          </pre>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <p key={b}>
            {block.parts.map((part, i) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              part.code ? <code key={i}>{part.text}</code> : <span key={i}>{part.text}</span>,
            )}
          </p>
        ),
      )}
    </div>
  );
}
