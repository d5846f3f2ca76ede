import { Duration } from 'aws-cdk-lib';
import { AlarmStatusWidget, Dashboard, GraphWidget, type IMetric, SingleValueWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { countOf, type OperatorAlarms } from './alarms.ts';
import type { ConfigAnswers } from './config-answers.ts';
import type { ConfigEvaluations } from './config-evaluations.ts';
import type { FindingsRecorder } from './findings-recorder.ts';
import type { GuardDutyAnswers } from './guardduty-answers.ts';
import type { IamDrift } from './iam-drift.ts';
import type { ImageVerification } from './image-verification.ts';
import type { OperatorActions } from './operator-actions.ts';
import type { PlanExecution } from './plan-execution.ts';
import type { ReactionQueue } from './reaction-queue.ts';
import type { Sweep } from './sweep.ts';
import type { TrustRefresh } from './trust-refresh.ts';

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
  /** Where something may be changed. */
  readonly plans?: { readonly execution: PlanExecution; readonly operators: OperatorActions };
  /** Where IAM is watched. */
  readonly drift?: IamDrift;
  /** Where findings of GuardDuty are answered. */
  readonly threats?: GuardDutyAnswers;
  /** Where results of AWS Config are answered. */
  readonly results?: ConfigAnswers;
  /** Where our verdicts are shown in AWS Config. */
  readonly evaluations?: ConfigEvaluations;
  /** Where roots are refreshed. */
  readonly trust?: TrustRefresh;
}

/** One page that answers: does it run, what does it say about our images, and where is it stuck? */
export class OperatorDashboard extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { alarms, images, recorder, sweep, trust, plans, drift, threats, results, evaluations }: OperatorDashboardProps,
  ) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: 'Countersign',
      defaultInterval: Duration.days(1),
    });
    const functions = [
      images.reaction,
      recorder.recorder,
      sweep.sweep,
      ...(trust ? [trust.refresh] : []),
      ...(plans ? [plans.execution.executor, plans.operators.operator] : []),
      ...(drift ? [drift.reaction] : []),
      ...(threats ? [threats.reaction] : []),
      ...(results ? [results.reaction] : []),
      ...(evaluations ? [evaluations.evaluation] : []),
    ].map((one) => one.function);
    dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: alarms.alarms, width: 24, height: 4 }));
    dashboard.addWidgets(
      new SingleValueWidget({ ...HALF, title: 'Verdicts', metrics: countVerdicts(), setPeriodToTimeRange: true }),
      new GraphWidget({ ...HALF, title: 'Verdicts over time', left: countVerdicts(), stacked: true }),
    );
    dashboard.addWidgets(
      draw('Waiting messages', [images.queue, recorder.queue].flatMap(countMessages)),
      draw('Refused', [
        countOf('EventRejected', 'image-reaction'),
        countOf('FindingRejected', 'recorder'),
        countOf('TrustMaterialUnusable', 'image-reaction'),
      ]),
    );
    dashboard.addWidgets(
      draw('Findings written, tags moved', [
        countOf('FindingImported', 'recorder'),
        countOf('TagMoved', 'image-reaction'),
      ]),
      draw(
        'Sweep',
        ['SweepCompleted', 'SweepImages', 'SweepAsks', 'SweepBacklog', 'SweepRepositoryUnreadable'].map((metric) =>
          countOf(metric, 'sweep'),
        ),
      ),
    );
    if (plans !== undefined) {
      dashboard.addWidgets(
        draw('Plans', [
          countOf('PlanProposed', 'image-reaction'),
          ...['PlanVerified', 'PlanUndone', 'PlanFailed', 'PlanRejected', 'LedgerBroken'].map((metric) =>
            countOf(metric, 'plan-executor'),
          ),
          countOf('OperatorRequestRefused', 'operator-action'),
        ]),
        draw('Plans waiting', [plans.execution.queue, plans.operators.queue].flatMap(countMessages)),
      );
    }
    if (drift !== undefined) {
      dashboard.addWidgets(
        draw(
          'IAM',
          ['IamCovered', 'IamDrift', 'IamProbe', 'IamBaselineUnreliable'].map((metric) =>
            countOf(metric, 'iam-reaction'),
          ),
        ),
        draw('IAM events waiting', countMessages(drift.queue)),
        draw('Heartbeat', [countOf('HeartbeatRun', 'heartbeat'), countOf('HeartbeatMissed', 'heartbeat')]),
      );
    }
    if (threats !== undefined) {
      dashboard.addWidgets(
        draw('GuardDuty', [
          ...['ThreatToContain', 'ThreatToReview', 'ThreatSetAside', 'ThreatRepeated', 'EventRejected'].map((metric) =>
            countOf(metric, 'guardduty-reaction'),
          ),
          ...['FindingAnnotated', 'AnnotationUnplaced'].map((metric) => countOf(metric, 'recorder')),
        ]),
        draw('Findings of GuardDuty waiting', countMessages(threats.queue)),
      );
    }
    if (results !== undefined) {
      dashboard.addWidgets(
        draw('AWS Config', [
          ...['ResultTaken', 'ResultRepeated', 'EventRejected'].map((metric) => countOf(metric, 'config-reaction')),
          ...['ResultOpened', 'ResultClosed', 'FindingAnnotated', 'AnnotationUnplaced'].map((metric) =>
            countOf(metric, 'recorder'),
          ),
        ]),
        draw('Results of AWS Config waiting', countMessages(results.queue)),
        draw(
          'Sweep of AWS Config',
          ['ConfigSweepCompleted', 'ConfigSweepMessages', 'ConfigSweepBacklog'].map((metric) =>
            countOf(metric, 'config-sweep'),
          ),
        ),
      );
    }
    if (evaluations !== undefined) {
      dashboard.addWidgets(
        draw(
          'Verdicts in AWS Config',
          ['EvaluationRun', 'EvaluationsPut', 'EvaluationsUndecided', 'EventRejected'].map((metric) =>
            countOf(metric, 'config-evaluation'),
          ),
        ),
      );
    }
    if (trust !== undefined) {
      dashboard.addWidgets(
        draw('Trusted roots', [
          ...['TrustRootRefreshed', 'TrustRootRefused'].map((metric) => countOf(metric, 'trust-refresh')),
          ...['image-reaction', 'sweep'].map((service) => countOf('TrustRootProblem', service)),
        ]),
      );
    }
    dashboard.addWidgets(
      draw(
        'Duration, 99th percentile',
        functions.map((one) => one.metricDuration({ statistic: 'p99' })),
      ),
      draw(
        'Failed invocations',
        functions.map((one) => one.metricErrors()),
      ),
    );
  }
}

/** Size of a widget, two in a row. */
const HALF = { width: 12, height: 6 } as const;

function draw(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ ...HALF, title, left });
}

function countVerdicts(): IMetric[] {
  return verdicts.map(([metricName, label]) => countOf(metricName, 'image-reaction').with({ label }));
}

function countMessages({ queue, deadLetterQueue }: ReactionQueue): IMetric[] {
  return [queue, deadLetterQueue].map((one) => one.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }));
}
