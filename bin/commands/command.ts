import type { ECRClient } from '@aws-sdk/client-ecr';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { SignerIn } from '../../lambdas/aws/signer-revocation.ts';
import type { Clients } from '../../lambdas/aws/wiring.ts';
import { CountersignError, type Reason } from '../../lambdas/core/errors.ts';
import type { Problem } from '../config/problem.ts';
import type { ExitCode } from '../exit-codes.ts';

/** What a command may use of the world. */
export interface Io {
  /** Text for stdout: the answer. */
  readonly out: (text: string) => void;
  /** Text for stderr: what is wrong. */
  readonly err: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Bytes of stdin, from when it is first called. Default: none. */
  readonly stdin?: () => AsyncIterable<Uint8Array>;
  /** Resolves when what was given to `out` has been taken, so that a stream does not pile up here. Default: at once. */
  readonly flush?: () => Promise<void>;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** Clients of AWS Signer. Default: real ones, with the credentials of the environment. */
  readonly signerIn?: SignerIn;
  /** Clients of ECR by region. Default: real ones, with the credentials of the environment. */
  readonly ecrIn?: (region: string) => ECRClient;
  /** Default: clients with the credentials of the environment. */
  readonly aws?: { readonly iam?: IAMClient; readonly s3?: S3Client; readonly kms?: KMSClient };
  /** Clients of the services that hold the ledger, by region. Default: real ones, with the credentials of the environment. */
  readonly ledgerIn?: (region: string) => Pick<Clients, 'dynamodb' | 'sqs' | 'ssm'>;
  /** Clients of Security Hub by region. Default: real ones, with the credentials of the environment. */
  readonly securityHubIn?: (region: string) => SecurityHubClient;
  /** Waits so many milliseconds. Default: really. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Unix milliseconds. Default: the clock of this machine. */
  readonly clock?: () => number;
  /** Whether stdout is a terminal that shows colours. Default: no. */
  readonly colours?: boolean;
  /** How progress is told on stderr: one line that changes, or a line from time to time. Default: `lines`. */
  readonly progress?: 'live' | 'lines';
}

export interface Command {
  /** Printed for `--help`, and on stderr after wrong usage. Ends with a line feed. */
  readonly help: string;
  run(args: readonly string[], io: Io): Promise<ExitCode>;
}

/** The command line is wrong: exit code 2, with the help of the command. */
export class UsageError extends CountersignError<'usage'> {
  constructor(message: string, options?: { cause?: unknown }) {
    super('usage', message, options);
  }
}

/** A configuration, policy, key or trusted root cannot be used: exit code 2, with every problem and its place. */
export class ConfigurationError extends CountersignError<'unusable-configuration'> {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super('unusable-configuration', 'the configuration cannot be used');
    this.problems = problems;
  }
}

/** It could not be decided: exit code 3. */
export class UndecidedError extends CountersignError {
  get reason(): Reason {
    return { code: this.code, message: this.message };
  }
}
