import type { EmbeddedAccount } from './account/types.ts';
import type { ObservedFinding } from './observations.ts';

/** What an operator can do about the plan in a finding. */
export const OPERATOR_ACTIONS = ['Approve', 'Deny', 'Undo', 'Delete'] as const;
export type OperatorAction = (typeof OPERATOR_ACTIONS)[number];

/** Presses a custom action on a finding, as somebody does in the console of Security Hub (Security Hub User Guide, "EventBridge event formats": custom actions). */
export function pressAction(account: EmbeddedAccount, action: OperatorAction, finding: ObservedFinding): void {
  const { id, region, clock } = account;
  const at = clock.now();
  account.emit({
    version: '0',
    id: `operator-${action.toLowerCase()}-${at}`,
    'detail-type': 'Security Hub Findings - Custom Action',
    source: 'aws.securityhub',
    account: id,
    time: new Date(at).toISOString(),
    region,
    resources: [`arn:aws:securityhub:${region}:${id}:action/custom/Countersign${action}`],
    detail: {
      actionName: `Countersign ${action.toLowerCase()}`,
      actionDescription: '',
      findings: [{ ...finding, AwsAccountId: id }],
    },
  });
}
