import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CfnResource, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Config } from '../lambdas/core/config/schema.ts';
import { METRIC_NAMESPACE, type OperatorAlarms } from './alarms.ts';
import { FUNCTION_BUNDLING } from './function-bundling.ts';
import type { ServiceKey } from './service-key.ts';

const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folders of `lambdas/` that hold a deployed function. */
export type FunctionName =
  | 'image-reaction'
  | 'recorder'
  | 'sweep'
  | 'trust-refresh'
  | 'plan-executor'
  | 'operator-action'
  | 'iam-reaction'
  | 'iam-sweep'
  | 'heartbeat'
  | 'guardduty-reaction'
  | 'action-targets'
  | 'config-reaction'
  | 'config-evaluation'
  | 'config-sweep';

/** Key of the CloudFormation metadata that says which folder of `lambdas/` a function comes from. */
export const FUNCTION_METADATA = 'countersign:function';

/** What all functions share. */
export interface FunctionDefaults {
  readonly key: ServiceKey;
  readonly alarms: OperatorAlarms;
  readonly logRetentionDays: Config['logs']['retentionDays'];
  /** Path of `countersign.compiled.json`, which goes beside the code of each function. */
  readonly compiledConfigFile: string;
}

export interface ServiceFunctionProps extends FunctionDefaults {
  readonly name: FunctionName;
  readonly description: string;
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * One deployed function: arm64, Node.js 24, bundled by the local esbuild (never docker), with its own role and log group. Rights come only from
 * `allow`: the role starts with what logs and traces need and nothing else, without a managed policy.
 */
export class ServiceFunction extends Construct {
  readonly function: NodejsFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetentionDays,
      encryptionKey: props.key.key,
      // Logs are evidence: they outlive the stack until their retention ends them.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Countersign ${props.name}`,
    });
    this.allow(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    this.function = new NodejsFunction(this, 'Function', {
      functionName: `countersign-${props.name}`,
      description: props.description,
      entry: join(projectRoot, 'lambdas', props.name, 'index.ts'),
      projectRoot,
      depsLockFilePath: join(projectRoot, 'package-lock.json'),
      handler: 'handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role: this.role,
      timeout: props.timeout,
      memorySize: props.memorySize,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Adds xray:PutTraceSegments and xray:PutTelemetryRecords on `*`: X-Ray has no resources to name there.
      tracing: Tracing.ACTIVE,
      awsSdkConnectionReuse: false,
      environment: {
        ...props.environment,
        NODE_OPTIONS: '--enable-source-maps',
        POWERTOOLS_SERVICE_NAME: props.name,
        POWERTOOLS_METRICS_NAMESPACE: METRIC_NAMESPACE,
        POWERTOOLS_LOG_LEVEL: 'INFO',
      },
      bundling: {
        ...FUNCTION_BUNDLING,
        commandHooks: {
          beforeBundling: () => [],
          beforeInstall: () => [],
          afterBundling: (_input, output) => [
            copyCommand(props.compiledConfigFile, join(output, 'countersign.compiled.json')),
          ],
        },
      },
    });
    const resource = this.function.node.defaultChild;
    if (CfnResource.isCfnResource(resource)) resource.addMetadata(FUNCTION_METADATA, props.name);
    this.watch(props);
    this.explainChoices();
  }

  /** Adds a variable to the environment: for parts that exist only where the configuration asks for them. */
  addEnvironment(name: string, value: string): void {
    this.function.addEnvironment(name, value);
  }

  /** Adds statements to the role of the function. Each names its actions and resources in full. */
  allow(...statements: PolicyStatement[]): void {
    for (const statement of statements) this.role.addToPrincipalPolicy(statement);
  }

  private explainChoices(): void {
    Validations.of(this.role).acknowledge(
      {
        id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
        reason:
          'xray:PutTraceSegments and xray:PutTelemetryRecords have no resource level, nor have the reads of IAM and AWS Config that stand on it; no other action of the role does.',
      },
      {
        id: 'NIST.800.53.R5::NIST.800.53.R5-IAMNoInlinePolicy',
        reason:
          'The rights belong to this one role. A managed policy could be attached to other principals, an inline one cannot.',
      },
    );
    const deadLettersElsewhere =
      'The queue in front of the function holds its dead letters: Lambda uses a dead letter target only for asynchronous invocations. The sweeps, the refresh of trusted roots and the heartbeat carry nothing that could be lost between their scheduled runs, and an alarm says when one fails.';
    Validations.of(this.function).acknowledge(
      { id: 'Serverless::Serverless-LambdaDLQ', reason: deadLettersElsewhere },
      { id: 'NIST.800.53.R5::NIST.800.53.R5-LambdaDLQ', reason: deadLettersElsewhere },
      {
        id: 'NIST.800.53.R5::NIST.800.53.R5-LambdaConcurrency',
        reason:
          'The event source mapping bounds concurrency, the sweep starts once an hour for at most 15 minutes, and the refresh of trusted roots every six hours for two. Reserving would take concurrency from the account and cannot be deployed where its limit is 10.',
      },
      {
        id: 'NIST.800.53.R5::NIST.800.53.R5-LambdaInsideVPC',
        reason:
          'The function speaks only to AWS service endpoints, with IAM and TLS; the refresh of trusted roots also to the mirrors of the configuration, whose every answer is signed. A network of its own would add cost and a way to fail, and protect nothing in it.',
      },
    );
  }

  private watch({ alarms, name }: ServiceFunctionProps): void {
    const period = Duration.minutes(5);
    alarms.addAlarm({
      section: `${name}-errors`,
      summary: `The function countersign-${name} failed as a whole: it crashed, timed out or could not start.`,
      metric: this.function.metricErrors({ period }),
      threshold: 1,
    });
    alarms.addAlarm({
      section: `${name}-throttled`,
      summary: `Lambda refused to start countersign-${name} for a quarter of an hour: the account has no concurrency left.`,
      metric: this.function.metricThrottles({ period }),
      threshold: 1,
      periods: { of: 3, bad: 3 },
    });
  }
}

/** A command that copies a file, for the shell in which the CDK runs hooks: bash on Linux and macOS, cmd on Windows. */
function copyCommand(from: string, to: string): string {
  // No Windows path holds a double quote; any other path may hold anything.
  const quote = (path: string) =>
    process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", String.raw`'\''`)}'`;
  return `node -e "require('node:fs').copyFileSync(process.argv[1], process.argv[2])" ${quote(from)} ${quote(to)}`;
}
