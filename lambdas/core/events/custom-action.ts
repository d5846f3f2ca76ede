import { z } from 'zod';
import { accountId } from '../aws-names.ts';
import { messageOf, type Reason } from '../errors.ts';
import { envelope } from './envelope.ts';

/** What an operator can do about a plan, by the id of the custom action in Security Hub: 20 letters and digits at most. */
export const OPERATOR_ACTIONS = {
  CountersignApprove: 'approve',
  CountersignDeny: 'deny',
  CountersignUndo: 'undo',
  CountersignDelete: 'delete',
  /** On a finding of GuardDuty: contain whom it is about. */
  CountersignContain: 'contain',
} as const;
export type OperatorAction = (typeof OPERATOR_ACTIONS)[keyof typeof OPERATOR_ACTIONS];

/** A finding that an operator acted on, as far as it is needed. All of it is a claim, to be held against the ledger. */
export interface ChosenFinding {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
  /** What a finding of another product is about, where its plan stands in fields that anybody may write beside it: the plan has to be about the same. */
  readonly about?: readonly string[];
}

/** Kinds of findings that show plans. */
const GENERATORS: ReadonlySet<string> = new Set([
  'countersign/image-signatures',
  'countersign/iam-baseline',
  'countersign/containment',
]);

/** Findings of ours about results of Config, where Security Hub holds none. */
const STAND_IN = 'countersign/config/';

export interface OperatorRequest {
  readonly action: Exclude<OperatorAction, 'contain'>;
  readonly eventId: string;
  /** Account and region in whose Security Hub the action was used. */
  readonly account: string;
  readonly region: string;
  readonly findings: readonly ChosenFinding[];
}

/** Findings of GuardDuty whose targets an operator wants contained: the ids by which they were worked off. */
export interface ContainRequest {
  readonly eventId: string;
  readonly account: string;
  readonly region: string;
  readonly threats: readonly string[];
}

export type ParsedRequest =
  | { readonly outcome: 'request'; readonly request: OperatorRequest }
  | { readonly outcome: 'contain'; readonly request: ContainRequest }
  | { readonly outcome: 'rejected'; readonly reason: Reason };

/** EventBridge Events Reference, `Security Hub Findings - Custom Action`. Who clicked is not in the event: CloudTrail has it, as securityhub:SendFindingEvents. */
const customAction = envelope.extend({
  source: z.literal('aws.securityhub'),
  'detail-type': z.literal('Security Hub Findings - Custom Action'),
  resources: z.array(z.string().max(2048)).min(1).max(1),
  detail: z.object({
    findings: z
      .array(
        z.object({
          Id: z.string().min(1).max(512),
          GeneratorId: z.string().max(512),
          ProductArn: z.string().max(2048).optional(),
          AwsAccountId: accountId,
          ProductFields: z.record(z.string(), z.string()).default({}),
          UserDefinedFields: z.record(z.string(), z.string()).default({}),
          Resources: z
            .array(z.object({ Id: z.string().max(2048) }))
            .max(32)
            .default([]),
        }),
      )
      .min(1)
      .max(100),
  }),
});

/** Turns the body of a message on the operator queue into a request, or says why not. Never throws. */
export function parseOperatorRequest(body: string): ParsedRequest {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (thrown) {
    return rejected('not-json', `the message is not JSON: ${messageOf(thrown).slice(0, 100)}`);
  }
  const parsed = customAction.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return rejected('malformed-event', `${issue?.path.join('.').slice(0, 100)}: ${issue?.message.slice(0, 200)}`);
  }
  const { id, account, region, resources, detail } = parsed.data;
  const match = /^arn:aws[a-z-]*:securityhub:([a-z0-9-]+):(\d{12}):action\/custom\/([A-Za-z0-9]{1,20})$/.exec(
    resources[0] ?? '',
  );
  const action = Object.entries(OPERATOR_ACTIONS).find(([name]) => name === match?.[3])?.[1];
  if (action === undefined) return rejected('unknown-action', 'the event is of no action of ours');
  if (match?.[1] !== region || match[2] !== account) {
    return rejected('foreign-action', 'the action belongs to another account or region than the event');
  }
  if (action === 'contain') {
    const threats = detail.findings.flatMap(({ Id, ProductArn, AwsAccountId }) => {
      const named =
        /^arn:aws[a-z-]*:guardduty:[a-z0-9-]+:\d{12}:detector\/[\w-]{1,64}\/finding\/([0-9A-Za-z-]{1,64})$/.exec(
          Id,
        )?.[1];
      const isOwn = AwsAccountId === account && ProductArn?.endsWith('::product/aws/guardduty') === true;
      return isOwn && named !== undefined ? [`${account}/${region}/${named}`] : [];
    });
    return { outcome: 'contain', request: { eventId: id, account, region, threats } };
  }
  // What a member account reports reaches the hub too; plans are acted on in the account that they belong to.
  const findings = detail.findings
    .filter((finding) => finding.AwsAccountId === account)
    .flatMap(({ Id, GeneratorId, ProductFields, UserDefinedFields, Resources }): ChosenFinding[] => {
      if (GENERATORS.has(GeneratorId) || Id.startsWith(STAND_IN)) return [{ id: Id, fields: ProductFields }];
      if (UserDefinedFields['countersign/Plan'] === undefined) return [];
      return [{ id: Id, fields: UserDefinedFields, about: Resources.map((one) => one.Id) }];
    });
  return { outcome: 'request', request: { action, eventId: id, account, region, findings } };
}

function rejected(code: string, message: string): ParsedRequest {
  return { outcome: 'rejected', reason: { code, message } };
}
