import { z } from 'zod';
import type { CustomRule } from './aws-config-rules.ts';
import type { AccountContext } from './context.ts';
import { EmbeddedAccountError } from './errors.ts';
import type { FunctionRuntime } from './function-runtime.ts';
import type { Template, TemplateResource } from './template.ts';

const TYPE = 'AWS::Config::ConfigRule';
const FREQUENCIES = { One_Hour: 1, Three_Hours: 3, Six_Hours: 6, Twelve_Hours: 12, TwentyFour_Hours: 24 } as const;

const ruleForm = z.object({
  ConfigRuleName: z.string(),
  InputParameters: z.record(z.string(), z.string()).default({}),
  Source: z.object({
    Owner: z.literal('CUSTOM_LAMBDA'),
    SourceIdentifier: z.string(),
    SourceDetails: z.tuple([
      z.object({
        EventSource: z.literal('aws.config'),
        MessageType: z.literal('ScheduledNotification'),
        MaximumExecutionFrequency: z.enum(['One_Hour', 'Three_Hours', 'Six_Hours', 'Twelve_Hours', 'TwentyFour_Hours']),
      }),
    ]),
  }),
});
const permissionForm = z.object({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceAccount: z.string().optional(),
});

/** Gives the Config rules of the template their names, which functions are told of. */
export function nameConfigRules(template: Template, context: AccountContext): void {
  for (const resource of template.ofType(TYPE)) {
    const { arn, id } = identify(resource, context);
    const ref = template.nameOf(resource, 'ConfigRuleName');
    template.name(resource.logicalId, { ref, attributes: { Arn: arn, ConfigRuleId: id } });
  }
}

export interface ConfigRulesOptions {
  readonly context: AccountContext;
  readonly template: Template;
  /** By ARN. */
  readonly functions: ReadonlyMap<string, FunctionRuntime>;
  readonly log: (line: string) => void;
}

/** The periodic custom rules of the template. Config invokes their functions only where a permission lets it, and tries a failed one again as Lambda does: not here. */
export function readConfigRules({ context, template, functions, log }: ConfigRulesOptions): CustomRule[] {
  const permissions = template.ofType('AWS::Lambda::Permission').map((one) => template.read(one, permissionForm));
  return template.ofType(TYPE).map((resource) => {
    const form = template.read(resource, ruleForm);
    const runtime = functions.get(form.Source.SourceIdentifier);
    if (runtime === undefined) {
      throw new EmbeddedAccountError('bad-template', `${resource.logicalId}: there is no such function`);
    }
    const names = [runtime.arn, runtime.settings.name];
    const isAllowed = permissions.some(
      ({ Action, FunctionName, Principal, SourceAccount = context.id }) =>
        Action === 'lambda:InvokeFunction' &&
        Principal === 'config.amazonaws.com' &&
        names.includes(FunctionName) &&
        SourceAccount === context.id,
    );
    const invoke = async (event: unknown) => {
      const result = await runtime.invoke(event);
      if (!result.ok) log(`${runtime.settings.name}: ${result.error}`);
    };
    return {
      name: form.ConfigRuleName,
      ...identify(resource, context),
      parameters: form.InputParameters,
      every: FREQUENCIES[form.Source.SourceDetails[0].MaximumExecutionFrequency] * 3_600_000,
      invoke: (event) => {
        if (isAllowed) void invoke(event);
        else log(`no permission lets AWS Config invoke ${runtime.settings.name}`);
      },
    };
  });
}

function identify({ logicalId }: TemplateResource, { id, region }: AccountContext): { arn: string; id: string } {
  const ruleId = `config-rule-${logicalId.slice(-6).toLowerCase()}`;
  return { arn: `arn:aws:config:${region}:${id}:config-rule/${ruleId}`, id: ruleId };
}
