import type { Reason } from '../../lambdas/core/errors.ts';
import type { Evidence } from '../../lambdas/core/trust/evidence.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { toSafeJson } from './visible.ts';

/**
 * What was found out, and what `--json` prints. Beside the verdicts of the service there are `gone` (there is no such image) and `ignored`
 * (no policy covers the repository, and the trust policy ignores such).
 */
export interface Result {
  readonly verdict: 'verified' | 'unsigned' | 'invalid' | 'error' | 'gone' | 'ignored';
  /** `sha256:...` of what was looked at; null where it was not found out. */
  readonly digest: string | null;
  /** Name of the image policy that decided; null where none did. */
  readonly policy: string | null;
  readonly evidence: readonly Evidence[];
  readonly reasons: readonly Reason[];
}

const EXIT_CODES = {
  verified: EXIT.yes,
  unsigned: EXIT.no,
  invalid: EXIT.no,
  error: EXIT.undecided,
  gone: EXIT.undecided,
  // Nobody looked at the image: that is no yes.
  ignored: EXIT.undecided,
} as const satisfies Record<Result['verdict'], ExitCode>;

/** The exit code that says the same as a verdict. */
export function exitCodeOf(verdict: Result['verdict']): ExitCode {
  return EXIT_CODES[verdict];
}

/** A result as one JSON object on one line. */
export function formatJson({ verdict, digest, policy, evidence, reasons }: Result): string {
  return `${toSafeJson({ verdict, digest, policy, evidence, reasons })}\n`;
}

/** A result of which nothing but the reason is known. */
export function undecided(reason: Reason, digest: string | null = null): Result {
  return { verdict: 'error', digest, policy: null, evidence: [], reasons: [reason] };
}
