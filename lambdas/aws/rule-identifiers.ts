import {
  type ConfigServiceClient,
  DescribeConfigRulesCommand,
  NoSuchConfigRuleException,
} from '@aws-sdk/client-config-service';
import type { ConfigRule } from '../core/controls/config-result.ts';

/** More than Config has rules in a region; then it begins anew. */
const MOST_KNOWN = 2000;

/** Which managed rules the rules of the account are: their identifiers, `S3_BUCKET_LOGGING_ENABLED`. */
export interface RuleIdentifiers {
  /** Undefined for a rule that somebody wrote, and for one that is deleted. */
  read(rule: ConfigRule): Promise<string | undefined>;
}

/** Each managed rule is asked for once: what a rule is does not change, only what it is called. Others are asked for again, since a new rule may not be seen at once. */
export function ruleIdentifiers(client: ConfigServiceClient): RuleIdentifiers {
  const known = new Map<string, string>();
  return {
    async read(rule) {
      const identifier = known.get(rule.arn) ?? (await readIdentifier(client, rule));
      if (known.size >= MOST_KNOWN) known.clear();
      if (identifier !== undefined) known.set(rule.arn, identifier);
      return identifier;
    },
  };
}

async function readIdentifier(client: ConfigServiceClient, { name, arn }: ConfigRule): Promise<string | undefined> {
  try {
    const { ConfigRules = [] } = await client.send(new DescribeConfigRulesCommand({ ConfigRuleNames: [name] }));
    // Another rule may have the name by now.
    const source = ConfigRules.find(({ ConfigRuleArn }) => ConfigRuleArn === arn)?.Source;
    return source?.Owner === 'AWS' ? source.SourceIdentifier?.slice(0, 256) : undefined;
  } catch (thrown) {
    if (thrown instanceof NoSuchConfigRuleException) return undefined;
    throw thrown;
  }
}
