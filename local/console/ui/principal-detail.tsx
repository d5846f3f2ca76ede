import { useState } from 'preact/hooks';
import type { FindingView, PrincipalView } from '../api.ts';
import { FindingTab } from './finding-tab.tsx';
import type { Journey } from './lanes.ts';
import { Notice } from './notice.tsx';
import { type ActOnFinding, PlanTab } from './plan-tab.tsx';
import { StateChip } from './state-chip.tsx';
import { StepList } from './step-list.tsx';
import { Tabs } from './tabs.tsx';

type TabName = 'drift' | 'finding' | 'plan' | 'steps';

/** One role or user: how it stands to what was signed, and behind tabs the drift, the finding, the plans and every step. */
export function PrincipalDetail(props: {
  readonly journey: Journey;
  readonly principal: PrincipalView | undefined;
  readonly findings: readonly FindingView[];
  readonly onAct: ActOnFinding;
}) {
  const { journey, principal, findings, onAct } = props;
  const [tab, setTab] = useState<TabName>('drift');
  return (
    <article class="detail" aria-label={`Principal ${journey.name}`}>
      <header>
        <div class="detail-title">
          <h2>{journey.name}</h2>
          <StateChip state={journey.state} />
        </div>
        <p class="digest full">{journey.trace}</p>
        <p class="muted">{tellState(principal)}</p>
      </header>
      <Tabs
        label="About this principal"
        chosen={tab}
        onChoose={setTab}
        tabs={[
          { name: 'drift', title: 'Drift', count: (principal?.before ?? principal)?.deviations.length ?? 0 },
          { name: 'finding', title: 'Finding', count: findings.length },
          { name: 'plan', title: 'Plan', count: journey.plans.length },
          { name: 'steps', title: 'Steps', count: journey.entries.length },
        ]}
      >
        {tab === 'drift' ? <DriftTab principal={principal} /> : null}
        {tab === 'finding' ? <FindingTab findings={findings} pending={false} /> : null}
        {tab === 'plan' ? <PlanTab plans={journey.plans} findings={findings} onAct={onAct} /> : null}
        {tab === 'steps' ? <StepList entries={journey.entries} /> : null}
      </Tabs>
    </article>
  );
}

function tellState(principal: PrincipalView | undefined): string {
  if (principal === undefined) return 'No drift: nothing that was seen deviates from what was signed.';
  switch (principal.state) {
    case 'covered':
      return 'It deviated, and a fresh read shows again what was signed.';
    case 'drifted':
      return `What it may do now is ${principal.verdict ?? 'unknown'}, held against what was signed.`;
    case 'undeclared':
      return 'No signed baseline declares it.';
    case 'deleted':
      return 'A signed baseline declares it, and it is not there.';
    case 'unreadable-baseline':
      return 'Its baseline cannot be relied on, so nothing is changed.';
    case 'gone':
      return 'It is not there any more, and no baseline declares it.';
  }
}

function DriftTab({ principal }: { readonly principal: PrincipalView | undefined }) {
  if (principal === undefined) return <Notice title="Nothing deviates">Live state is what was signed.</Notice>;
  const { before, actor, protection } = principal;
  return (
    <div class="drift">
      {before === undefined ? null : <p class="muted">That is over. It was:</p>}
      <Deviation {...(before ?? principal)} />
      {actor === undefined ? null : <p class="prose">Last change seen: {actor}.</p>}
      {protection === undefined ? null : <p class="prose">{protection}</p>}
    </div>
  );
}

function Deviation({ paths, deviations }: Pick<PrincipalView, 'paths' | 'deviations'>) {
  return (
    <>
      <Lines title="Ways to more rights that it adds" lines={paths} />
      <Lines title="What deviates" lines={deviations} />
    </>
  );
}

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <ul class="reasons">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}
