import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { CountersignError, messageOf } from '../core/errors.ts';

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
  | 'EventRejected'
  | 'TrustMaterialUnusable'
  | 'FindingImported'
  | 'FindingRejected'
  | 'SweepCompleted'
  | 'SweepBacklog';

type Environment = Readonly<Record<string, string | undefined>>;

/** The Middy chain that all functions share: Powertools logger, metrics and tracer around a handler that is given its telemetry. */
export function frameFunction<Event, Result>(
  environment: Environment,
  work: (event: Event, telemetry: Telemetry, context: Context) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  const serviceName = environment.POWERTOOLS_SERVICE_NAME ?? 'countersign';
  const logger = new Logger({ serviceName, logLevel: readLogLevel(environment.POWERTOOLS_LOG_LEVEL) });
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
    .handler((event, context) => work(event, telemetry, context).finally(() => publishMetrics(metrics)));
}

/**
 * A function behind a queue that works off its records one by one, at the same time, and returns the failed ones to the queue (partial batch response).
 */
export function frameRecords(
  environment: Environment,
  processRecord: (record: SQSRecord, telemetry: Telemetry) => Promise<void>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const processor = new BatchProcessor(EventType.SQS);
  return frameFunction(environment, (event: SQSEvent, telemetry, context) =>
    processPartialResponse(event, (record: SQSRecord) => report(record, telemetry, processRecord), processor, {
      context,
      throwOnFullBatchFailure: false,
    }),
  );
}

/** A record that failed is told before it goes back to the queue; the queue counts its tries. */
async function report(
  record: SQSRecord,
  telemetry: Telemetry,
  processRecord: (record: SQSRecord, telemetry: Telemetry) => Promise<void>,
): Promise<void> {
  try {
    await processRecord(record, telemetry);
  } catch (thrown) {
    telemetry.error('record failed', { messageId: record.messageId }, thrown);
    throw thrown;
  }
}

/** Publishes what was counted; an invocation that counted nothing says nothing. */
function publishMetrics(metrics: Metrics): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
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

function readLogLevel(text: string | undefined): (typeof LEVELS)[number] {
  return LEVELS.find((level) => level === text) ?? 'INFO';
}
