/** A resource as Config names it. For IAM the id is the unique id (`AIDA...`), not the name. */
export interface ConfigResource {
  readonly type: string;
  readonly id: string;
  readonly account: string;
  readonly region: string;
}

export interface ConfigRule {
  readonly name: string;
  readonly arn: string;
}

/** What Config says of a resource by one rule; `none` where it has no result any more. */
export type Compliance = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE' | 'INSUFFICIENT_DATA' | 'none';

/** What else a resource is called: its ARN, and for IAM the name behind the unique id. Absent where Config does not know. */
export interface ResourceIdentity {
  readonly arn?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * Whether Security Hub makes the findings about a rule by itself: those that its standards deploy are service-linked and have its name in their ARN (AWS Config
 * developer guide, "Service-linked rules"). The names of rules are labels that an owner chose, so they do not count.
 */
export function isRuleOfSecurityHub({ arn }: ConfigRule): boolean {
  return /^arn:[a-z-]+:config:[a-z0-9-]+:\d{12}:config-rule\/aws-service-rule\/securityhub\.amazonaws\.com\//.test(arn);
}
