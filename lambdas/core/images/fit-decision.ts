import type { Reason } from '../errors.ts';
import { type Decision, type Evidence, evidenceSchema } from '../trust/evidence.ts';

/**
 * Bounds on what a verdict keeps of a decision, so that its row stays below the 400 KB of a DynamoDB item (DynamoDB developer guide, "Quotas"): evidence is at
 * most 160 KiB of JSON and reasons at most 50 of 3 KB each. Names and messages in it come from certificates and manifests, and may be of any length.
 */
const LARGEST_EVIDENCE = 160 * 1024;
const LONGEST_TEXT = 2000;
const MOST_REASONS = 50;
const LONGEST_MESSAGE = 1000;
const LONGEST_CODE = 100;

/** What a verdict keeps of a decision. */
export type KeptDecision = Pick<Decision, 'policy' | 'evidence' | 'reasons'>;

/**
 * Cuts a decision to what is kept of it. The result is what comes back from the table, to the letter: whoever compares an old verdict with a new one compares
 * two decisions cut by this. Evidence stays in the order of the policy; what does not fit is left out from the end.
 */
export function fitDecision({ policy, evidence, reasons }: KeptDecision): KeptDecision {
  return { policy, evidence: fitEvidence(evidence), reasons: reasons.slice(0, MOST_REASONS).map(fitReason) };
}

function fitEvidence(evidence: readonly Evidence[]): readonly Evidence[] {
  const kept: Evidence[] = [];
  let left = LARGEST_EVIDENCE;
  for (const one of evidence) {
    // A half of a surrogate pair has no form in UTF-8, and would come back as something else.
    const json = JSON.stringify(one, (_key, value) => (typeof value === 'string' ? cut(value, LONGEST_TEXT) : value));
    left -= Buffer.byteLength(json) + 1;
    if (left < 0) break;
    kept.push(evidenceSchema.parse(JSON.parse(json)));
  }
  return kept;
}

function fitReason({ code, message }: Reason): Reason {
  return { code: cut(code, LONGEST_CODE), message: cut(message, LONGEST_MESSAGE) };
}

function cut(text: string, limit: number): string {
  return text.slice(0, limit).toWellFormed();
}
