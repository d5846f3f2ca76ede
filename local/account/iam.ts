import { IAMServiceException } from '@aws-sdk/client-iam';
import type { LocalService } from './answer.ts';
import type { AccountContext } from './context.ts';
import { attachmentOperations } from './iam-attachments.ts';
import { credentialReportOperations } from './iam-credential-report.ts';
import { credentialOperations } from './iam-credentials.ts';
import { detailOperations } from './iam-details.ts';
import { type Caller, recordCalls } from './iam-events.ts';
import { groupOperations } from './iam-groups.ts';
import { inlineOperations } from './iam-inline.ts';
import { keyOperations } from './iam-keys.ts';
import { passwordPolicyOperations } from './iam-password-policy.ts';
import { policyOperations } from './iam-policies.ts';
import { profileOperations } from './iam-profiles.ts';
import { roleOperations } from './iam-roles.ts';
import { IamStore } from './iam-store.ts';
import { userOperations } from './iam-users.ts';

export interface Iam {
  readonly service: LocalService;
  readonly store: IamStore;
  /** Says who calls from now on; the events name them. */
  actAs(caller: Caller): void;
}

/**
 * AWS IAM: roles, users, groups, their policies, keys, passwords and instance profiles, with the quotas and refusals of IAM, and an event for each call that writes.
 * Nothing is authorised: whoever has the client may do everything. Every read sees every write at once.
 */
export function createIam(context: AccountContext): Iam {
  const store = new IamStore(context);
  let caller: Caller = {
    type: 'IAMUser',
    arn: `arn:aws:iam::${context.id}:user/operator`,
    userName: 'operator',
  };
  const operations = [
    ...roleOperations(store),
    ...userOperations(store),
    ...groupOperations(store),
    ...inlineOperations(store),
    ...attachmentOperations(store),
    ...policyOperations(store),
    ...credentialOperations(store),
    ...keyOperations(store),
    ...profileOperations(store),
    ...detailOperations(store),
    ...credentialReportOperations(store),
    ...passwordPolicyOperations(),
  ];
  return {
    store,
    actAs: (other) => {
      caller = other;
    },
    service: {
      name: 'iam',
      operations: new Map(operations.map((operation) => recordCalls(context, operation, () => caller))),
      // As the query protocol of IAM has it ("Common errors").
      throttled: () =>
        new IAMServiceException({
          name: 'Throttling',
          message: 'Rate exceeded',
          $fault: 'client',
          $metadata: { httpStatusCode: 400 },
        }),
    },
  };
}
