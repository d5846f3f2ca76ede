import type { OPERATOR_ACTIONS } from './custom-action.ts';

/** A custom action as Security Hub shows it: a name of at most 20 characters, and what it does (Security Hub API Reference, CreateActionTarget). */
export interface ActionTarget {
  readonly name: string;
  readonly description: string;
}

/** The custom actions of Countersign, by their ids. */
export const ACTION_TARGETS: Readonly<Record<keyof typeof OPERATOR_ACTIONS, ActionTarget>> = {
  CountersignApprove: {
    name: 'Countersign approve',
    description: 'Carries out the plan that the finding shows. Only what can be taken back.',
  },
  CountersignDeny: { name: 'Countersign deny', description: 'Has the plan that the finding shows never carried out.' },
  CountersignUndo: { name: 'Countersign undo', description: 'Takes back what the plan in the finding did.' },
  CountersignDelete: {
    name: 'Countersign delete',
    description: 'Carries out the plan in the finding that cannot be taken back.',
  },
  CountersignContain: {
    name: 'Countersign contain',
    description: 'Of a finding of GuardDuty: denies whom it is about everything, for a time.',
  },
};
