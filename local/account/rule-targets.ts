import { z } from 'zod';
import type { BusEvent, Rule } from './bus.ts';
import type { AccountContext } from './context.ts';
import { EmbeddedAccountError } from './errors.ts';
import type { FunctionRuntime } from './function-runtime.ts';
import { readQueueAccess, refusalToSend } from './queue-access.ts';
import type { Sqs } from './sqs.ts';
import type { Queue } from './sqs-queue.ts';
import type { Template } from './template.ts';

const SERVICE = 'events.amazonaws.com';

const ruleForm = z.object({
  Name: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']).default('ENABLED'),
  EventBusName: z.enum(['default']).optional(),
  EventPattern: z.unknown().optional(),
  ScheduleExpression: z.string().optional(),
  Targets: z
    .array(
      z.strictObject({
        Id: z.string(),
        Arn: z.string(),
        DeadLetterConfig: z.object({ Arn: z.string().optional() }).optional(),
        RetryPolicy: z.object({ MaximumRetryAttempts: z.number().optional() }).loose().optional(),
      }),
    )
    .default([]),
});
type Target = z.infer<typeof ruleForm>['Targets'][number];

const permissionForm = z.object({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
});
const invokeForm = z.object({
  FunctionName: z.string(),
  MaximumRetryAttempts: z.number().int().min(0).max(2).default(2),
});

export interface RuleTargetsOptions {
  readonly context: AccountContext;
  readonly template: Template;
  readonly sqs: Sqs;
  /** By ARN. */
  readonly functions: ReadonlyMap<string, FunctionRuntime>;
  readonly log: (line: string) => void;
}

export interface RuleTargets {
  readonly rules: readonly Rule[];
  /** When a failed asynchronous invocation is tried again, in Unix milliseconds. */
  nextRetryAt(): number | undefined;
  stop(): void;
}

/**
 * The rules of the template, and the way from each to its targets: a queue takes an event only where its policy, and that of its key, let EventBridge
 * in; a function only where a permission does. What is refused goes to the dead letter queue of the target, under the same conditions.
 */
export function createRuleTargets({ context, template, sqs, functions, log }: RuleTargetsOptions): RuleTargets {
  const { id, region } = context;
  const retries = new Map<() => void, number>();
  nameKeysAndRules(template, context);
  const queueAccess = readQueueAccess(template);
  const permissions = template.ofType('AWS::Lambda::Permission').map((one) => template.read(one, permissionForm));
  const invokeConfigs = template.ofType('AWS::Lambda::EventInvokeConfig').map((one) => template.read(one, invokeForm));

  const refusalOfQueue = (queue: Queue, ruleArn: string) =>
    refusalToSend(queue, queueAccess.get(queue.url), { service: SERVICE, sourceArn: ruleArn, sourceAccount: id });

  function sendToQueue(queue: Queue, event: BusEvent, rule: string, target: Target): void {
    const refusal = refusalOfQueue(queue, rule);
    if (refusal === undefined) queue.send({ body: JSON.stringify(event), sender: SERVICE, mayDuplicate: false });
    else fail(event, rule, target, refusal);
  }

  /** A delivery that is refused for lack of rights is not tried again (EventBridge user guide, "Using dead-letter queues"). */
  function fail(event: BusEvent, ruleArn: string, target: Target, reason: string): void {
    const trace = context.traces.ofMessage(event);
    log(`event ${event.id} not delivered: ${reason}`);
    const deadLetters =
      target.DeadLetterConfig?.Arn === undefined ? undefined : sqs.findByArn(target.DeadLetterConfig.Arn);
    const refusal = deadLetters === undefined ? 'there is no dead letter queue' : refusalOfQueue(deadLetters, ruleArn);
    context.timeline.add('dead-letter', trace, `event not delivered: ${reason}`, { eventId: event.id, lost: refusal });
    if (refusal !== undefined || deadLetters === undefined) return;
    const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
    deadLetters.send({
      body: JSON.stringify(event),
      sender: SERVICE,
      mayDuplicate: false,
      attributes: {
        RULE_ARN: attribute(ruleArn),
        TARGET_ARN: attribute(target.Arn),
        ERROR_CODE: attribute('NO_PERMISSIONS'),
        ERROR_MESSAGE: attribute(reason),
      },
    });
  }

  async function invoke(runtime: FunctionRuntime, event: BusEvent, retriesLeft: number): Promise<void> {
    const result = await runtime.invoke(event);
    const { folder, name } = runtime.settings;
    context.timeline.add('function', context.traces.ofMessage(event), `${folder} ${result.ok ? 'done' : 'failed'}`, {
      function: name,
      eventId: event.id,
      ...(!result.ok && { error: result.error }),
    });
    if (result.ok) return;
    log(`${name}: ${result.error}`);
    if (retriesLeft === 0) return;
    // Lambda developer guide, "Error handling for asynchronous invocation": a minute before the second attempt, two before the third.
    const delay = retriesLeft === 1 ? 120_000 : 60_000;
    const cancel = context.clock.schedule(delay, () => {
      retries.delete(cancel);
      void invoke(runtime, event, retriesLeft - 1);
    });
    retries.set(cancel, context.clock.now() + delay);
  }

  /** How the target of a rule takes an event. */
  function connect(target: Target, ruleArn: string, logicalId: string): (event: BusEvent) => void {
    const queue = sqs.findByArn(target.Arn);
    if (queue !== undefined) return (event) => sendToQueue(queue, event, ruleArn, target);
    const runtime = functions.get(target.Arn);
    if (runtime === undefined) {
      throw new EmbeddedAccountError('unsupported-template', `${logicalId}: the target ${target.Arn} is not supported`);
    }
    const names = [runtime.arn, runtime.settings.name];
    const allowed = permissions.some(
      ({ Action, FunctionName, Principal, SourceArn = ruleArn }) =>
        Action === 'lambda:InvokeFunction' &&
        Principal === SERVICE &&
        names.includes(FunctionName) &&
        SourceArn === ruleArn,
    );
    const config = invokeConfigs.find(({ FunctionName }) => names.includes(FunctionName));
    return (event) => {
      if (allowed) void invoke(runtime, event, config?.MaximumRetryAttempts ?? 2);
      else fail(event, ruleArn, target, `no permission lets ${SERVICE} invoke ${runtime.settings.name}`);
    };
  }

  const rules = template.ofType('AWS::Events::Rule').flatMap((resource): Rule[] => {
    const form = template.read(resource, ruleForm);
    if (form.State === 'DISABLED') return [];
    const name = form.Name ?? resource.logicalId;
    const arn = `arn:aws:events:${region}:${id}:rule/${name}`;
    const takers = form.Targets.map((target) => connect(target, arn, resource.logicalId));
    return [
      {
        name,
        arn,
        pattern: form.EventPattern,
        every:
          form.ScheduleExpression === undefined ? undefined : readRate(form.ScheduleExpression, resource.logicalId),
        deliver: (event) => {
          for (const take of takers) take(event);
        },
      },
    ];
  });
  return {
    rules,
    nextRetryAt: () => (retries.size === 0 ? undefined : Math.min(...retries.values())),
    stop: () => {
      for (const cancel of retries.keys()) cancel();
    },
  };
}

function nameKeysAndRules(template: Template, { id, region }: AccountContext): void {
  for (const { logicalId } of template.ofType('AWS::KMS::Key')) {
    const arn = `arn:aws:kms:${region}:${id}:key/${logicalId}`;
    template.name(logicalId, { ref: logicalId, attributes: { Arn: arn, KeyId: logicalId } });
  }
  for (const rule of template.ofType('AWS::Events::Rule')) {
    const name = template.nameOf(rule, 'Name');
    template.name(rule.logicalId, { ref: name, attributes: { Arn: `arn:aws:events:${region}:${id}:rule/${name}` } });
  }
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Milliseconds of `rate(1 hour)`. Cron expressions are not supported. */
function readRate(expression: string, within: string): number {
  const found = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  const value = Number(found?.[1]);
  const unit = UNITS[found?.[2] ?? ''];
  if (unit === undefined || value < 1 || (value === 1) !== (found?.[3] === '')) {
    throw new EmbeddedAccountError('unsupported-template', `${within}: schedule ${expression} is not supported`);
  }
  return value * unit;
}
