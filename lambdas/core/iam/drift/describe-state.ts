import type { DriftObservation } from './lifecycle.ts';

/** What is wrong with a principal or policy in one sentence; undefined where it is as it was signed, or gone. */
export function describeOpenDrift({ state, verdict }: Pick<DriftObservation, 'state' | 'verdict'>): string | undefined {
  switch (state) {
    case 'covered':
    case 'gone':
      return undefined;
    case 'undeclared':
      return 'No baseline is signed for it.';
    case 'deleted':
      return 'It was deleted, and its baseline still stands.';
    case 'unreadable-baseline':
      return 'Its baseline cannot be relied on.';
    case 'drifted':
      return `It is not as it was signed${verdict === undefined ? '' : `: ${verdict} access`}.`;
  }
}
