import { digestOf, hexOf } from '../../digest.ts';
import type { Target } from './target.ts';

/** What is issued while a policy spreads through IAM is denied as well, milliseconds. */
const SPREAD = 30_000;

/** The inline policy that contains a target: its name and its document. */
export interface DenyPolicy {
  readonly name: string;
  readonly document: string;
}

/**
 * What denies a target everything. An explicit deny in an identity policy wins over every allow, also over one of a resource policy that names the session (IAM User Guide,
 * "Policy evaluation logic"). `since` in Unix milliseconds is when the containment of a whole role was wanted: sessions issued before and shortly after are denied (IAM User
 * Guide, "Revoking IAM role temporary security credentials").
 */
export function denyEverything(target: Target, since: number): DenyPolicy {
  switch (target.kind) {
    case 'user':
      return { name: 'CountersignContainment', document: write({}) };
    case 'role': {
      const before = new Date(since + SPREAD).toISOString();
      return {
        name: 'CountersignContainment',
        document: write({ Condition: { DateLessThan: { 'aws:TokenIssueTime': before } } }),
      };
    }
    case 'session': {
      const userId = `${target.uniqueId}:${target.session}`;
      return {
        // Sessions of one role may be contained beside each other.
        name: `CountersignContainment-${hexOf(digestOf(userId)).slice(0, 8)}`,
        document: write({ Condition: { StringEquals: { 'aws:userid': userId } } }),
      };
    }
  }
}

function write(rest: object): string {
  const statement = { Sid: 'CountersignContainment', Effect: 'Deny', Action: '*', Resource: '*', ...rest };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
