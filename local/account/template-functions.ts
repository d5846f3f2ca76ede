import { z } from 'zod';
import { EmbeddedAccountError } from './errors.ts';
import type { MappingSettings } from './event-source-mapping.ts';
import type { FunctionSettings } from './function-runtime.ts';
import type { Template } from './template.ts';
import type { EmbeddedAccount } from './types.ts';

/** Key of the CloudFormation metadata that names the folder in `lambdas/` a function comes from. */
const FUNCTION_METADATA = 'countersign:function';

export interface DeployedFunction {
  readonly settings: FunctionSettings;
  readonly environment: Readonly<Record<string, string>>;
}

const functionForm = z.object({
  FunctionName: z.string().optional(),
  Timeout: z.number().int().min(1).max(900).default(3),
  MemorySize: z.number().default(128),
  ReservedConcurrentExecutions: z.number().int().min(0).optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).optional(),
});

/** The functions of the template that come from `lambdas/`; those of the CDK itself have no such metadata and are left out. */
export function readFunctions(account: EmbeddedAccount, template: Template): DeployedFunction[] {
  const ours = template
    .ofType('AWS::Lambda::Function')
    .filter(({ metadata }) => typeof metadata[FUNCTION_METADATA] === 'string');
  for (const resource of ours) {
    const name = template.nameOf(resource, 'FunctionName');
    const arn = `arn:aws:lambda:${account.region}:${account.id}:function:${name}`;
    template.name(resource.logicalId, { ref: name, attributes: { Arn: arn } });
  }
  return ours.map((resource) => {
    const form = template.read(resource, functionForm);
    return {
      settings: {
        name: form.FunctionName ?? resource.logicalId,
        folder: z.string().parse(resource.metadata[FUNCTION_METADATA]),
        timeout: form.Timeout,
        memory: form.MemorySize,
        reservedConcurrency: form.ReservedConcurrentExecutions,
      },
      environment: {
        AWS_REGION: account.region,
        AWS_LAMBDA_FUNCTION_NAME: form.FunctionName ?? resource.logicalId,
        ...form.Environment?.Variables,
      },
    };
  });
}

export interface DeployedMapping {
  readonly logicalId: string;
  readonly queueArn: string;
  readonly functionName: string;
  readonly settings: MappingSettings;
}

/** Lambda starts with five pollers and adds more as long as there are messages; this is where the embedded account stops. */
const USUAL_CONCURRENCY = 10;

// Limits of the Lambda API reference, CreateEventSourceMapping.
const mappingForm = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.number().int().min(1).max(10_000).default(10),
  MaximumBatchingWindowInSeconds: z.number().int().min(0).max(300).default(0),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: z.number().int().min(2).max(1000) }).optional(),
  FilterCriteria: z.undefined('event filtering is not supported').optional(),
});

export function readMappings(template: Template): DeployedMapping[] {
  return template.ofType('AWS::Lambda::EventSourceMapping').flatMap((resource) => {
    const form = template.read(resource, mappingForm);
    if (form.BatchSize > 10 && form.MaximumBatchingWindowInSeconds < 1) {
      throw new EmbeddedAccountError(
        'bad-template',
        `${resource.logicalId}: a batch size over 10 needs a batching window of at least one second`,
      );
    }
    if (!form.Enabled) return [];
    return [
      {
        logicalId: resource.logicalId,
        queueArn: form.EventSourceArn,
        functionName: form.FunctionName,
        settings: {
          batchSize: form.BatchSize,
          batchWindow: form.MaximumBatchingWindowInSeconds,
          maxConcurrency: form.ScalingConfig?.MaximumConcurrency ?? USUAL_CONCURRENCY,
          reportsItemFailures: form.FunctionResponseTypes.length > 0,
        },
      },
    ];
  });
}
