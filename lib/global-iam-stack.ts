import { ArnFormat, CfnParameter, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Config } from '../lambdas/core/config/schema.ts';
import { CountersignError } from '../lambdas/core/errors.ts';
import { OperatorAlarms } from './alarms.ts';
import { listIamEventPatterns } from './iam-event-patterns.ts';
import { ServiceKey } from './service-key.ts';
import { allowRuleToSend, UndeliveredEvents } from './undelivered-events.ts';

/** The name under which the stack is deployed. */
export const GLOBAL_IAM_STACK_NAME = 'CountersignGlobalIam';

export interface GlobalIamStackProps extends StackProps {
  /** Where the hub is; undefined where that is known only when the stack is deployed, which then asks for it. */
  readonly hubRegion: string | undefined;
  readonly alarms: Config['alarms'];
}

/**
 * The one region of a partition in which the events of IAM exist (EventBridge Events Reference, "AWS Identity and Access Management": us-east-1, and its likes in
 * the other partitions).
 */
export function globalRegionOf(region: string | undefined): string {
  if (region?.startsWith('cn-')) return 'cn-north-1';
  return region?.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
}

/** Hands every event about a change of access to the event bus of the hub. Needed wherever the hub is not itself in the region of those events. */
export class GlobalIamStack extends Stack {
  readonly #hubBus: string;

  constructor(scope: Construct, id: string, { hubRegion, alarms, ...props }: GlobalIamStackProps) {
    super(scope, id, { description: 'Countersign: hands events about changes of access to the hub', ...props });
    this.#hubBus = this.formatArn({
      service: 'events',
      region: hubRegion ?? this.#askForRegion(),
      resource: 'event-bus',
      resourceName: 'default',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    refuseTopicElsewhere(alarms, props.env?.region);
    const key = new ServiceKey(this, 'ServiceKey');
    const undelivered = new UndeliveredEvents(this, 'UndeliveredEvents', {
      alarms: new OperatorAlarms(this, 'Alarms', { destination: alarms, key }),
    });
    const forwarder = this.#createForwarder();
    for (const [index, eventPattern] of listIamEventPatterns().entries()) {
      const number = index + 1;
      const rule = new Rule(this, `Rule${number}`, {
        ruleName: `countersign-access-${number}`,
        description: 'Calls that change access, for the hub of Countersign',
        eventPattern,
      });
      rule.addTarget({
        bind: () => ({
          arn: this.#hubBus,
          role: forwarder,
          deadLetterConfig: { arn: undelivered.queue.queueArn },
          retryPolicy: { maximumEventAgeInSeconds: Duration.hours(24).toSeconds(), maximumRetryAttempts: 185 },
        }),
      });
      allowRuleToSend(rule, undelivered.queue, `AccessEvents${number}`);
    }
  }

  #askForRegion(): string {
    return new CfnParameter(this, 'HubRegion', {
      description: 'Region of the stack CountersignHub',
      allowedPattern: '^[a-z]{2,4}(-[a-z]+){1,3}-[0-9]{1,2}$',
    }).valueAsString;
  }

  #createForwarder(): Role {
    const role = new Role(this, 'Forwarder', {
      description: 'EventBridge puts events about changes of access on the bus of the hub',
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [this.#hubBus] }));
    Validations.of(role).acknowledge({
      id: 'NIST.800.53.R5::NIST.800.53.R5-IAMNoInlinePolicy',
      reason:
        'The right belongs to this one role. A managed policy could be attached to other principals, an inline one cannot.',
    });
    return role;
  }
}

/** An alarm reaches topics of its own region only (CloudWatch API Reference, PutMetricAlarm). */
function refuseTopicElsewhere(alarms: Config['alarms'], region: string | undefined): void {
  if (!('topicArn' in alarms) || region === undefined || alarms.topicArn.split(':')[3] === region) return;
  throw new CountersignError(
    'unreachable-topic',
    `alarms in ${region} cannot reach ${alarms.topicArn}: give iam.globalAlarms a topic in ${region}`,
  );
}
