import * as z from 'zod';
import { accountId } from '../aws-names.ts';
import { QUESTIONS, type Question } from '../controls/evaluations/evaluation.ts';
import { messageOf, type Reason } from '../errors.ts';

/** What AWS Config asks a custom rule for. */
export interface ConfigInvocation {
  readonly question: Question;
  readonly rule: { readonly name: string; readonly arn: string };
  /** Without it Config takes no result. */
  readonly resultToken: string;
  /** The time of what is asked, Unix milliseconds: of two results the one with the later time stands. */
  readonly at: number;
}

export type ParsedConfigInvocation =
  | { readonly outcome: 'invocation'; readonly invocation: ConfigInvocation }
  | { readonly outcome: 'rejected'; readonly reason: Reason };

/** Config hands over at most 256 KB; longer texts inside are none of Config's. */
const text = z.string().max(262_144);

/** AWS Config developer guide, "Example events for AWS Config rules". */
const invocation = z.object({
  invokingEvent: text,
  ruleParameters: text,
  resultToken: z.string().min(1).max(65_536),
  configRuleArn: z.string().regex(/^arn:[a-z-]+:config:[a-z0-9-]+:\d{12}:config-rule\/[\w./-]{1,128}$/),
  configRuleName: z.string().min(1).max(128),
  accountId,
});
const scheduled = z.object({
  messageType: z.literal('ScheduledNotification'),
  awsAccountId: accountId,
  notificationCreationTime: z.iso.datetime({ offset: true }),
});
const parameters = z.object({ question: z.enum(QUESTIONS) });

/** Reads what Config invokes a rule with, or says why not. Only what is due by schedule, or asked for on demand, which Config words the same. Never throws. */
export function parseConfigInvocation(event: unknown): ParsedConfigInvocation {
  const parsed = invocation.safeParse(event);
  if (!parsed.success) return rejected('malformed-event', describe('invocation', parsed.error));
  const { configRuleArn: arn, configRuleName: name, resultToken } = parsed.data;
  const due = scheduled.safeParse(readJson(parsed.data.invokingEvent));
  if (!due.success) return rejected('unknown-event', describe('invokingEvent', due.error));
  const asked = parameters.safeParse(readJson(parsed.data.ruleParameters));
  if (!asked.success) return rejected('malformed-event', describe('ruleParameters', asked.error));
  const { accountId: account } = parsed.data;
  if (due.data.awsAccountId !== account || arn.split(':')[4] !== account) {
    return rejected('foreign-account', 'the rule, its event and the invocation are not of one account');
  }
  const at = Date.parse(due.data.notificationCreationTime);
  return {
    outcome: 'invocation',
    invocation: { question: asked.data.question, rule: { name, arn }, resultToken, at },
  };
}

function readJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (thrown) {
    // The schemas refuse an error as they do any other thing that is no object of theirs.
    return messageOf(thrown);
  }
}

function rejected(code: string, message: string): ParsedConfigInvocation {
  return { outcome: 'rejected', reason: { code, message } };
}

function describe(part: string, error: z.ZodError): string {
  const [issue] = error.issues;
  return `${part}: ${issue?.path.join('.').slice(0, 100) || 'its form'}: ${issue?.message.slice(0, 200)}`;
}
