import type { FindingView } from '../api.ts';
import { FindingCard } from './finding-card.tsx';
import { Notice } from './notice.tsx';

/** The findings about a subject, or why there is none. */
export function FindingTab({
  findings,
  pending,
}: {
  readonly findings: readonly FindingView[];
  readonly pending: boolean;
}) {
  if (findings.length > 0) return findings.map((finding) => <FindingCard key={finding.id} finding={finding} />);
  return (
    <Notice title="No finding">
      {pending
        ? 'While an image is pending nothing is reported: it may still be signed.'
        : 'Security Hub holds nothing about this.'}
    </Notice>
  );
}
