import { Duration } from 'aws-cdk-lib';
import { AlarmStatusWidget, Dashboard, GraphWidget, type IMetric, SingleValueWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { countOf, type OperatorAlarms } from './alarms.ts';
import type { FindingsRecorder } from './findings-recorder.ts';
import type { ImageVerification } from './image-verification.ts';
import type { ReactionQueue } from './reaction-queue.ts';
import type { Sweep } from './sweep.ts';

/** Verdicts that image-reaction counts, as metric name and as people read them. */
const verdicts = [
  ['ImageVerified', 'verified'],
  ['ImageUnsigned', 'unsigned'],
  ['ImageInvalid', 'invalid'],
  ['ImagePending', 'pending'],
  ['ImageUndecided', 'error'],
] as const;

export interface OperatorDashboardProps {
  readonly alarms: OperatorAlarms;
  readonly images: ImageVerification;
  readonly recorder: FindingsRecorder;
  readonly sweep: Sweep;
}

/** One page that answers: does it run, what does it say about our images, and where is it stuck? */
export class OperatorDashboard extends Construct {
  constructor(scope: Construct, id: string, { alarms, images, recorder, sweep }: OperatorDashboardProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: 'Countersign',
      defaultInterval: Duration.days(1),
    });
    const functions = [images.reaction, recorder.recorder, sweep.sweep];
    dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: alarms.alarms, width: 24, height: 4 }));
    dashboard.addWidgets(
      new SingleValueWidget({
        title: 'Verdicts',
        metrics: countVerdicts(),
        setPeriodToTimeRange: true,
        width: 12,
        height: 6,
      }),
      new GraphWidget({ title: 'Verdicts over time', left: countVerdicts(), stacked: true, width: 12, height: 6 }),
    );
    dashboard.addWidgets(
      new GraphWidget({
        title: 'Waiting messages',
        left: [images.queue, recorder.queue].flatMap(countMessages),
        width: 12,
        height: 6,
      }),
      new GraphWidget({
        title: 'Refused',
        left: [
          countOf('EventRejected', 'image-reaction'),
          countOf('FindingRejected', 'recorder'),
          countOf('TrustMaterialUnusable', 'image-reaction'),
        ],
        width: 12,
        height: 6,
      }),
    );
    dashboard.addWidgets(
      new GraphWidget({
        title: 'Duration, 99th percentile',
        left: functions.map((one) => one.function.metricDuration({ statistic: 'p99' })),
        width: 12,
        height: 6,
      }),
      new GraphWidget({
        title: 'Failed invocations',
        left: functions.map((one) => one.function.metricErrors()),
        width: 12,
        height: 6,
      }),
    );
  }
}

function countVerdicts(): IMetric[] {
  return verdicts.map(([metricName, label]) => countOf(metricName, 'image-reaction').with({ label }));
}

function countMessages({ queue, deadLetterQueue }: ReactionQueue): IMetric[] {
  return [queue, deadLetterQueue].map((one) => one.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }));
}
