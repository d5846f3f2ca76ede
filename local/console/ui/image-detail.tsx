import { useState } from 'preact/hooks';
import type { FindingView } from '../api.ts';
import { EvidenceTree } from './evidence-tree.tsx';
import { FindingCard } from './finding-card.tsx';
import type { Journey } from './lanes.ts';
import { Notice } from './notice.tsx';
import { StepList } from './step-list.tsx';
import { Tabs } from './tabs.tsx';
import { useNow } from './use-now.ts';
import { VerdictChip } from './verdict-chip.tsx';

type TabName = 'evidence' | 'finding' | 'steps';

/** One image: its verdict with reasons, and behind tabs the evidence, the finding and every step. */
export function ImageDetail({
  journey,
  finding,
}: {
  readonly journey: Journey;
  readonly finding: FindingView | undefined;
}) {
  const [tab, setTab] = useState<TabName>('evidence');
  const { image } = journey;
  return (
    <article class="detail" aria-label={`Image ${journey.repository}`}>
      <header>
        <div class="detail-title">
          <h2>{journey.repository}</h2>
          <VerdictChip state={image?.state} />
        </div>
        <p class="digest full">{journey.digest}</p>
        <Verdict journey={journey} />
      </header>
      <Tabs
        label="About this image"
        chosen={tab}
        onChoose={setTab}
        tabs={[
          { name: 'evidence', title: 'Evidence', count: image?.evidence.length ?? 0 },
          { name: 'finding', title: 'Finding', count: finding === undefined ? 0 : 1 },
          { name: 'steps', title: 'Steps', count: journey.entries.length },
        ]}
      >
        {tab === 'evidence' ? <EvidenceTree image={image} /> : null}
        {tab === 'finding' ? <FindingTab finding={finding} state={image?.state} /> : null}
        {tab === 'steps' ? <StepList entries={journey.entries} /> : null}
      </Tabs>
    </article>
  );
}

function FindingTab({
  finding,
  state,
}: {
  readonly finding: FindingView | undefined;
  readonly state: string | undefined;
}) {
  if (finding !== undefined) return <FindingCard finding={finding} />;
  return (
    <Notice title="No finding">
      {state === 'pending'
        ? 'While an image is pending nothing is reported: it may still be signed.'
        : 'Security Hub holds nothing about this image.'}
    </Notice>
  );
}

function Verdict({ journey }: { readonly journey: Journey }) {
  const { image } = journey;
  const pending = image?.state === 'pending';
  const now = useNow(pending);
  if (image === undefined)
    return <p class="muted">No verdict: the image is not decided yet, or the policy ignores its repository.</p>;
  const left = Math.ceil((image.graceEndsAt - now) / 1000);
  return (
    <>
      <p class="muted">
        {image.policy === null ? 'No image policy names this repository.' : `Decided by image policy ${image.policy}.`}
        {pending && left > 0 ? ` May still be signed for ${left} s.` : ''}
      </p>
      {image.reasons.length === 0 ? null : (
        <ul class="reasons">
          {image.reasons.map(({ code, message }) => (
            <li key={`${code} ${message}`}>
              <code>{code}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
