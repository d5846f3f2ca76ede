import { type ConfigRule, isRuleOfSecurityHub } from './config-result.ts';
import { managedNameOf, type RuleName } from './rules.ts';

/** Managed rules whose identifier is not their name in capitals (AWS Config developer guide, "List of managed rules"). */
const NAMES: Readonly<Record<string, string>> = {
  CLOUD_TRAIL_ENABLED: 'cloudtrail-enabled',
  EC2_INSTANCE_MANAGED_BY_SSM: 'ec2-instance-managed-by-systems-manager',
  INCOMING_SSH_DISABLED: 'restricted-ssh',
  INSTANCES_IN_VPC: 'ec2-instances-in-vpc',
  MULTI_REGION_CLOUD_TRAIL_ENABLED: 'multi-region-cloudtrail-enabled',
  RESTRICTED_INCOMING_TRAFFIC: 'restricted-common-ports',
};

/** The name of a managed rule by its identifier: `S3_BUCKET_LOGGING_ENABLED` is `s3-bucket-logging-enabled`. */
export function nameOfIdentifier(identifier: string): RuleName {
  return Object.hasOwn(NAMES, identifier)
    ? (NAMES[identifier] ?? identifier)
    : identifier.toLowerCase().replaceAll('_', '-');
}

const CUSTOM = 'custom/';

/**
 * The rule that a Config rule is, whatever its owner called it: by the identifier that Config gives of managed rules. Those that Security Hub deployed have names of its
 * own making. A rule that somebody wrote is none that is mapped to requirements, even under the name of one.
 */
export function nameRule(rule: ConfigRule, identifier: string | undefined): RuleName {
  if (identifier !== undefined) return nameOfIdentifier(identifier);
  return isRuleOfSecurityHub(rule) ? managedNameOf(rule.name) : `${CUSTOM}${rule.name}`;
}
