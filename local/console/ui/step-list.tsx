import { useState } from 'preact/hooks';
import type { TimelineEntryView } from '../api.ts';
import { clockTime, elapsed, prettyJson } from './format.ts';
import { Notice } from './notice.tsx';

/** Everything that happened to one subject, in order. API calls are many and left out until asked for. */
export function StepList({ entries }: { readonly entries: readonly TimelineEntryView[] }) {
  const [withCalls, setWithCalls] = useState(false);
  const shown = withCalls ? entries : entries.filter(({ step }) => step !== 'api');
  const start = entries[0]?.at ?? 0;
  if (entries.length === 0)
    return <Notice title="No steps">The timeline no longer holds the steps of this subject.</Notice>;
  return (
    <>
      <label class="with-calls">
        <input type="checkbox" checked={withCalls} onChange={(event) => setWithCalls(event.currentTarget.checked)} />
        show API calls ({entries.length - entries.filter(({ step }) => step !== 'api').length})
      </label>
      <ol class="steps">
        {shown.map((entry) => (
          <li key={entry.sequence}>
            <Step entry={entry} start={start} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Step({ entry, start }: { readonly entry: TimelineEntryView; readonly start: number }) {
  const head = (
    <>
      <time title={clockTime(entry.at)}>{elapsed(entry.at - start)}</time>
      <span class={`step step-${entry.step}`}>{entry.step}</span>
      <span class="step-summary">{entry.summary}</span>
    </>
  );
  if (entry.detail === undefined) return <div class="step-line">{head}</div>;
  return (
    <details>
      <summary class="step-line">{head}</summary>
      <pre>{prettyJson(entry.detail)}</pre>
    </details>
  );
}
