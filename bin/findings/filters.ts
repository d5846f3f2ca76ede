import type { AwsSecurityFindingFilters, StringFilter } from '@aws-sdk/client-securityhub';

const equals = (Value: string): StringFilter => ({ Value, Comparison: 'EQUALS' });
const begins = (Value: string): StringFilter => ({ Value, Comparison: 'PREFIX' });

/** Kinds of findings of ours as people call them, by the generators that write them. */
export const KINDS: Readonly<Record<string, readonly StringFilter[]>> = {
  image: [equals('countersign/image-signatures')],
  repository: [equals('countersign/repository-tags')],
  drift: [equals('countersign/iam-baseline')],
  check: [begins('countersign/iam-check/')],
  config: [begins('countersign/config/')],
  guardduty: [equals('countersign/guardduty')],
  containment: [equals('countersign/containment')],
  service: [equals('countersign/service-health'), equals('countersign/iam-heartbeat')],
};

export const SHOWN_STATES = ['open', 'resolved', 'suppressed', 'archived', 'all'] as const;
export type ShownState = (typeof SHOWN_STATES)[number];
export const isShownState = (text: string): text is ShownState => SHOWN_STATES.some((one) => one === text);

/** Values of `countersign/Needs` that ask for somebody. */
export const NEEDS = ['approval', 'settlement'] as const;
export type Need = (typeof NEEDS)[number];
export const isNeed = (text: string): text is Need => NEEDS.some((one) => one === text);

const STATES: Readonly<Record<ShownState, AwsSecurityFindingFilters>> = {
  open: { RecordState: [equals('ACTIVE')], WorkflowStatus: [equals('NEW'), equals('NOTIFIED')] },
  resolved: { RecordState: [equals('ACTIVE')], WorkflowStatus: [equals('RESOLVED')] },
  suppressed: { RecordState: [equals('ACTIVE')], WorkflowStatus: [equals('SUPPRESSED')] },
  archived: { RecordState: [equals('ARCHIVED')] },
  all: {},
};

/** The filters of GetFindings for what was asked. Without generators all of ours. */
export function filtersOf(asked: {
  readonly generators: readonly StringFilter[];
  readonly state: ShownState;
  readonly needs: Need | undefined;
  readonly resource: string | undefined;
}): AwsSecurityFindingFilters {
  const { generators, state, needs, resource } = asked;
  return {
    ProductName: [equals('Countersign')],
    ...STATES[state],
    ...(generators.length > 0 && { GeneratorId: [...generators] }),
    ...(needs !== undefined && { ProductFields: [{ Key: 'countersign/Needs', Value: needs, Comparison: 'EQUALS' }] }),
    ...(resource !== undefined && { ResourceId: [begins(resource)] }),
  };
}
