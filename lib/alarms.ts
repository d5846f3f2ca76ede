import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Config } from '../lambdas/core/config/schema.ts';
import type { ServiceKey } from './service-key.ts';

/** Namespace of what the functions themselves count, as their environment says it. */
export const METRIC_NAMESPACE = 'Countersign';

export interface AlarmProps {
  /** Section of docs/runbook.md, as its anchor: `image-dead-letters`. Also the name of the alarm. */
  readonly section: string;
  /** One or two sentences for the person who is called. */
  readonly summary: string;
  readonly metric: IMetric;
  /** The alarm goes off at this value... */
  readonly threshold: number;
  /** ...or below it. Default: at or above. */
  readonly below?: boolean;
  /** How many of the last periods must be bad: `{ of: 3, bad: 2 }`. Default: the last one. */
  readonly periods?: { readonly of: number; readonly bad: number };
}

/** Who is told when the service itself needs help. No alarm without a runbook section: the section is its name. */
export class OperatorAlarms extends Construct {
  readonly topic: ITopic;
  readonly alarms: Alarm[] = [];

  constructor(
    scope: Construct,
    id: string,
    props: { readonly destination: Config['alarms']; readonly key: ServiceKey },
  ) {
    super(scope, id);
    this.topic =
      'topicArn' in props.destination
        ? Topic.fromTopicArn(this, 'Topic', props.destination.topicArn)
        : this.createTopic(props.destination.email, props.key);
  }

  addAlarm(props: AlarmProps): Alarm {
    const alarm = new Alarm(this, props.section, {
      alarmName: `countersign-${props.section}`,
      alarmDescription: `${props.summary} Runbook: docs/runbook.md#${props.section}`,
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator: props.below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: props.periods?.of ?? 1,
      datapointsToAlarm: props.periods?.bad ?? 1,
      // Silence is health where something bad is counted, and failure where something good is.
      treatMissingData: props.below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    this.alarms.push(alarm);
    return alarm;
  }

  private createTopic(email: string, key: ServiceKey): Topic {
    const topic = new Topic(this, 'Topic', {
      topicName: 'countersign-alarms',
      displayName: 'Countersign alarms',
      masterKey: key.key,
      enforceSSL: true,
    });
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    topic.addSubscription(new EmailSubscription(email));
    Validations.of(topic).acknowledge({
      id: 'Serverless::Serverless-SNSRedrivePolicy',
      reason:
        'An alarm mail that cannot be delivered helps nobody from a queue; the alarm itself stays visible on the dashboard until it is over.',
    });
    return topic;
  }
}

/** A number that a function counts. Powertools adds the dimension `service`, which is the name of the function. */
export function countOf(metricName: string, service: string, period: Duration = Duration.minutes(5)): Metric {
  return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap: { service }, statistic: 'Sum', period });
}
