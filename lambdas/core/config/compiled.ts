import type { CompiledTrust } from '../trust/compiled-trust.ts';
import type { CompiledAwsConfig } from './aws-config.ts';
import type { CompiledGuardDuty } from './guardduty.ts';
import type { CompiledIam } from './iam.ts';
import type { CompiledQuarantine } from './quarantine.ts';

/**
 * The configuration as it is compiled at synth into `countersign.compiled.json`, the file that lies beside each function's code.
 * All that is security-relevant at run time is in here; nothing of it is fetched.
 */
export interface CompiledConfig {
  readonly version: 1;
  /** `sha256:` digest over the canonical JSON of the rest; part of every verdict, so that a policy change is visible and triggers a new verdict. */
  readonly hash: string;
  readonly images: {
    readonly mode: 'observe';
    readonly graceSeconds: number;
    readonly quarantine?: CompiledQuarantine | undefined;
  };
  /** Absent: IAM is left alone. */
  readonly iam?: CompiledIam | undefined;
  /** Absent: findings of GuardDuty are left alone. */
  readonly guardDuty?: CompiledGuardDuty | undefined;
  /** Absent: results of AWS Config are left alone. */
  readonly config?: CompiledAwsConfig | undefined;
  readonly trust: CompiledTrust;
}
