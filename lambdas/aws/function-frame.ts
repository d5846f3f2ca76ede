import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { CountersignError, messageOf } from '../core/errors.ts';
import { takeTurns } from './take-turns.ts';

/** What a function tells its operators: structured lines with ids and no payloads, and counts that alarms read. */
export interface Telemetry {
  info(message: string, ids: Readonly<Record<string, string | number>>): void;
  error(message: string, ids: Readonly<Record<string, string | number>>, thrown: unknown): void;
  count(metric: MetricName, amount?: number): void;
}

/** Every metric; each has an alarm or a place on the dashboard (docs/runbook.md). */
export type MetricName =
  | 'ImageVerified'
  | 'ImageUnsigned'
  | 'ImageInvalid'
  | 'ImagePending'
  | 'ImageUndecided'
  | 'TagMoved'
  | 'EventRejected'
  | 'TrustMaterialUnusable'
  | 'TrustRootRefreshed'
  | 'TrustRootRefused'
  | 'TrustRootProblem'
  | 'FindingImported'
  | 'FindingRejected'
  | 'SweepCompleted'
  | 'SweepImages'
  | 'SweepAsks'
  | 'SweepBacklog'
  | 'SweepRepositoryUnreadable'
  | 'PlanProposed'
  | 'PlanVerified'
  | 'PlanUndone'
  | 'PlanFailed'
  | 'PlanRejected'
  | 'LedgerBroken'
  | 'OperatorRequestRefused'
  | 'IamCovered'
  | 'IamDrift'
  | 'IamProbe'
  | 'IamBaselineUnreliable'
  | 'IamSweepCompleted'
  | 'HeartbeatRun'
  | 'HeartbeatMissed'
  | 'ThreatToContain'
  | 'ThreatToReview'
  | 'ThreatSetAside'
  | 'ThreatRepeated'
  | 'FindingAnnotated'
  | 'AnnotationUnplaced'
  | 'ResultTaken'
  | 'ResultRepeated'
  | 'ResultOpened'
  | 'ResultClosed'
  | 'ConfigSweepCompleted'
  | 'ConfigSweepMessages'
  | 'ConfigSweepBacklog'
  | 'EvaluationRun'
  | 'EvaluationsPut'
  | 'EvaluationsUndecided';

type Environment = Readonly<Record<string, string | undefined>>;

/** The Middy chain that all functions share: Powertools logger, metrics and tracer around a handler that is given its telemetry. */
export function frameFunction<Event, Result>(
  environment: Environment,
  work: (event: Event, telemetry: Telemetry, context: Context) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  const serviceName = environment.POWERTOOLS_SERVICE_NAME ?? 'countersign';
  const logLevel = readLogLevel(environment.POWERTOOLS_LOG_LEVEL);
  const logger = new Logger({ serviceName, logLevel });
  const metrics = new Metrics({ serviceName, namespace: environment.POWERTOOLS_METRICS_NAMESPACE ?? 'Countersign' });
  const tracer = new Tracer({
    serviceName,
    enabled: environment.AWS_LAMBDA_FUNCTION_NAME !== undefined,
    captureHTTPsRequests: false,
  });
  const telemetry = createTelemetry(logger, metrics);
  return middy<Event, Result>()
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .use(injectLambdaContext(logger))
    .handler((event, context) => work(event, telemetry, context).finally(() => publishMetrics(metrics, logLevel)));
}

type RecordWork = (record: SQSRecord, telemetry: Telemetry) => Promise<void>;

/** Records that are worked off at the same time: an image may take up to 64 MB of memory while it is read, and its JSON some times that. */
const RECORDS_AT_ONCE = 4;
/** What one record may need in the worst case, milliseconds: with less time left the record is not begun. */
const LONGEST_RECORD = 25_000;

/**
 * A function behind a queue that works off its records one by one, some at the same time, and returns to the queue those that failed and those for which no
 * time is left (partial batch response).
 */
export function frameRecords(
  environment: Environment,
  work: RecordWork,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return frameFunction(environment, (event: SQSEvent, telemetry, context) => {
    // One processor for each invocation: it remembers which records failed.
    const processor = new BatchProcessor(EventType.SQS);
    const turn = takeTurns(RECORDS_AT_ONCE);
    const inTime = (record: SQSRecord) => turn(() => workInTime(record, telemetry, context, work));
    return processPartialResponse(event, inTime, processor, { context, throwOnFullBatchFailure: false });
  });
}

/** A record that failed is told before it goes back to the queue; the queue counts its tries. */
async function workInTime(record: SQSRecord, telemetry: Telemetry, context: Context, work: RecordWork): Promise<void> {
  try {
    const left = context.getRemainingTimeInMillis();
    if (left < LONGEST_RECORD) throw new CountersignError('out-of-time', `${left} ms are left of the invocation`);
    await work(record, telemetry);
  } catch (thrown) {
    telemetry.error('record failed', { messageId: record.messageId }, thrown);
    throw thrown;
  }
}

/** Publishes what was counted; an invocation that counted nothing says nothing. A function that may not log does not print its metrics either. */
function publishMetrics(metrics: Metrics, logLevel: LogLevel): void {
  if (logLevel === 'SILENT') metrics.clearMetrics();
  else if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

function createTelemetry(logger: Logger, metrics: Metrics): Telemetry {
  return {
    info: (message, ids) => logger.info(message, ids),
    error: (message, ids, thrown) =>
      logger.error(message, {
        ...ids,
        code: thrown instanceof CountersignError ? thrown.code : nameOf(thrown),
        reason: messageOf(thrown).slice(0, 500),
      }),
    count: (metric, amount = 1) => metrics.addMetric(metric, MetricUnit.Count, amount),
  };
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : 'unknown';
}

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT'] as const;

type LogLevel = (typeof LEVELS)[number];

function readLogLevel(text: string | undefined): LogLevel {
  return LEVELS.find((level) => level === text) ?? 'INFO';
}
