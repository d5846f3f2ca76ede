import { partitionOf } from '../aws-names.ts';
import { digestOf, hexOf } from '../digest.ts';
import { type AsffFinding, findingBase } from './asff.ts';
import { listPlanFields, type PlanFacts } from './plan-text.ts';
import { resourceTypeOf } from './resource-type.ts';
import type { ResultNote } from './result-note.ts';
import { fitText } from './text.ts';

/** Config sends to Security Hub within five minutes as a rule (Security Hub user guide, "AWS Config"); three times that is late. */
const STAND_IN_AFTER = 15 * 60_000;

/** What is told of a result of Config. */
export interface ResultFacts {
  readonly account: string;
  readonly region: string;
  readonly rule: { readonly name: string; readonly arn: string };
  readonly findingsOf: ResultNote['findingsOf'];
  /** GeneratorId of a finding of our own, by which its requirements are found. */
  readonly generatorId: string;
  readonly resource: {
    readonly type: string;
    readonly id: string;
    readonly arn?: string | undefined;
    readonly name?: string | undefined;
  };
  /** `gone`: the rule or the resource was deleted, or the rule does not apply any more. */
  readonly state: 'failed' | 'passed' | 'gone';
  /** Requirements that the rule serves, as ASFF writes them. */
  readonly requirements: readonly string[];
  /** What else is known about the resource, one sentence each. */
  readonly known: readonly string[];
  /** Whether the finding of Config is not waited for: it would be there. */
  readonly isSettled: boolean;
  /** The plan that would put it right, where there is one. */
  readonly plan?: PlanFacts | undefined;
  /** Unix milliseconds. */
  readonly at: number;
  readonly openSince: number;
  readonly now: number;
}

const COMPLIANCE = { failed: 'FAILED', passed: 'PASSED', gone: 'NOT_AVAILABLE' } as const;
const SAYS = {
  failed: 'is not compliant with',
  passed: 'is compliant again with',
  gone: 'is not judged any more by',
} as const;

/** What Security Hub shows about a result of Config: beside the findings that it holds, or, where there is none, by a finding of our own. */
export function describeResult(facts: ResultFacts): ResultNote {
  const { account, region, rule, findingsOf, resource, state, requirements, known } = facts;
  const what = `${resource.type} ${resource.name ?? resource.id}`;
  const says = `${what} ${SAYS[state]} the Config rule ${rule.name}.`;
  const serves = requirements.length > 0 ? ` The rule serves ${requirements.join(', ')}.` : '';
  return {
    account,
    region,
    findingsOf,
    rule,
    resourceIds: nameResource(facts),
    isExact: resource.arn !== undefined,
    updatedAt: new Date(facts.at).toISOString(),
    note: fitText(`Countersign: ${[says, ...known].join(' ')}${serves}`, 512),
    fields: {
      'countersign/Result': state,
      'countersign/Rule': fitText(rule.name, 128),
      'countersign/Resource': fitText(what, 1024),
      ...planFieldsOf(facts),
      ...(requirements.length > 0 && { 'countersign/Requirements': fitText(requirements.join(', '), 1024) }),
    },
    standInAfter: new Date(facts.now + (facts.isSettled ? 0 : STAND_IN_AFTER)).toISOString(),
    ...(findingsOf === 'config' && { standIn: describeStandIn(facts, [says, ...known].join(' ')) }),
  };
}

/** Findings name accounts in a form of their own, and a user or role of IAM at times with its unique id where the name belongs. */
function nameResource({ resource: { type, id, arn } }: ResultFacts): string[] {
  if (type === 'AWS::::Account') return [`AWS::::Account:${id}`, id];
  if (arn === undefined) return [id];
  const path = /^(arn:[^:]+:iam::\d{12}:(?:user|role|group|policy)\/).+/.exec(arn)?.[1];
  const ids = [arn, id, ...(path === undefined ? [] : [`${path}${id}`])];
  return [...new Set(ids)].filter((one) => one.length <= 2048);
}

/** The id of the finding of our own about a result. A plan goes by it, whoever's finding shows the plan. */
export function nameResultFinding({
  account,
  region,
  rule,
  resource: { type, id },
}: Pick<ResultFacts, 'account' | 'region' | 'rule'> & {
  readonly resource: Pick<ResultFacts['resource'], 'type' | 'id'>;
}): string {
  return `countersign/config/${account}/${region}/${hexOf(digestOf(`${rule.arn}\n${type}\n${id}`)).slice(0, 40)}`;
}

function planFieldsOf({ plan }: ResultFacts): Record<string, string> {
  if (plan === undefined) return {};
  return Object.fromEntries(
    Object.entries(listPlanFields([plan])).map(([name, value]) => [name, fitText(value, 1024)]),
  );
}

function describeStandIn(facts: ResultFacts, says: string): AsffFinding {
  const { account, region, rule, resource, state, at } = facts;
  const failed = state === 'failed';
  const name = fitText(resource.name ?? resource.id, 100);
  return {
    ...findingBase(account, region),
    Id: nameResultFinding(facts),
    GeneratorId: facts.generatorId,
    CreatedAt: new Date(facts.openSince).toISOString(),
    // The time of Config and not ours: whatever comes later, the newest result stands.
    UpdatedAt: new Date(at).toISOString(),
    Title: fitText(
      `${rule.name}: ${name} ${failed ? 'is not compliant' : state === 'passed' ? 'is compliant again' : 'is not judged any more'}`,
      256,
    ),
    Description: fitText(says, 1024),
    FindingProviderFields: {
      // What the integration of Config gives all of its findings.
      Severity: failed ? { Label: 'MEDIUM', Original: 'NON_COMPLIANT' } : { Label: 'INFORMATIONAL', Original: state },
      Types: ['Software and Configuration Checks'],
    },
    Remediation: {
      Recommendation: {
        Text: failed
          ? 'Look at the rule and the resource in AWS Config. The finding closes when Config finds it compliant, or when one of them is deleted. Security Hub holds no finding of Config about it: enable its integration.'
          : 'Nothing to do.',
      },
    },
    ProductFields: {
      'countersign/ConfigRuleArn': rule.arn,
      'countersign/ConfigRuleName': rule.name,
      'countersign/ResourceId': fitText(resource.id, 2048),
      ...planFieldsOf(facts),
    },
    Resources: [
      {
        Type: resourceTypeOf(resource.type),
        Id: (nameResource(facts)[0] ?? resource.id).slice(0, 512),
        Partition: partitionOf(region),
        Region: region,
      },
    ],
    Compliance: { Status: COMPLIANCE[state] },
    RecordState: failed ? 'ACTIVE' : 'ARCHIVED',
  };
}
