import type { FindingView } from '../api.ts';
import { FindingCard } from './finding-card.tsx';
import { Notice } from './notice.tsx';

/** The finding about a subject, or why there is none. */
export function FindingTab({
  finding,
  pending,
}: {
  readonly finding: FindingView | undefined;
  readonly pending: boolean;
}) {
  if (finding !== undefined) return <FindingCard finding={finding} />;
  return (
    <Notice title="No finding">
      {pending
        ? 'While an image is pending nothing is reported: it may still be signed.'
        : 'Security Hub holds nothing about this.'}
    </Notice>
  );
}
