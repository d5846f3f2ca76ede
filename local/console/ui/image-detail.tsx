import { useState } from 'preact/hooks';
import type { FindingView, ImageView } from '../api.ts';
import { EvidenceTree } from './evidence-tree.tsx';
import { FindingTab } from './finding-tab.tsx';
import type { Journey } from './lanes.ts';
import { type ActOnFinding, PlanTab } from './plan-tab.tsx';
import { StateChip } from './state-chip.tsx';
import { StepList } from './step-list.tsx';
import { Tabs } from './tabs.tsx';
import { useNow } from './use-now.ts';

type TabName = 'evidence' | 'finding' | 'plan' | 'steps';

/** One image: its verdict with reasons, and behind tabs the evidence, the finding, the plans and every step. */
export function ImageDetail(props: {
  readonly journey: Journey;
  readonly digest: string;
  readonly image: ImageView | undefined;
  readonly findings: readonly FindingView[];
  readonly onAct: ActOnFinding;
}) {
  const { journey, digest, image, findings, onAct } = props;
  const [tab, setTab] = useState<TabName>('evidence');
  return (
    <article class="detail" aria-label={`Image ${journey.name}`}>
      <header>
        <div class="detail-title">
          <h2>{journey.name}</h2>
          <StateChip state={image?.state} />
        </div>
        <p class="digest full">{digest}</p>
        <Verdict image={image} />
      </header>
      <Tabs
        label="About this image"
        chosen={tab}
        onChoose={setTab}
        tabs={[
          { name: 'evidence', title: 'Evidence', count: image?.evidence.length ?? 0 },
          { name: 'finding', title: 'Finding', count: findings.length },
          { name: 'plan', title: 'Plan', count: journey.plans.length },
          { name: 'steps', title: 'Steps', count: journey.entries.length },
        ]}
      >
        {tab === 'evidence' ? <EvidenceTree image={image} /> : null}
        {tab === 'finding' ? <FindingTab findings={findings} pending={image?.state === 'pending'} /> : null}
        {tab === 'plan' ? <PlanTab plans={journey.plans} findings={findings} onAct={onAct} /> : null}
        {tab === 'steps' ? <StepList entries={journey.entries} /> : null}
      </Tabs>
    </article>
  );
}

function Verdict({ image }: { readonly image: ImageView | undefined }) {
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
