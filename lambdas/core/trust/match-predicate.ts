import type { Check, SignedContent, SignerFacts } from '../signature/outcome.ts';
import type { Condition } from './condition/condition.ts';
import { clean } from './match-identity.ts';
import { findProvenanceMismatch } from './provenance/match-provenance.ts';
import { readProvenance } from './provenance/read-provenance.ts';
import { findSummaryMismatch } from './provenance/summary.ts';
import type { Attestation } from './requirement.ts';

type Statement = Extract<SignedContent, { kind: 'statement' }>;

/** Holds what an attestation says to what the policy demands of it. Undefined where the policy demands nothing beyond its type. */
export function matchPredicate(
  statement: Statement,
  signer: SignerFacts,
  demand: Attestation,
  condition: Condition | undefined,
): Check | undefined {
  if (demand.provenance === undefined && demand.summary === undefined && condition === undefined) return undefined;
  const mismatch = findMismatch(statement, signer, demand) ?? findUnmet(statement, condition);
  return mismatch === undefined
    ? { check: 'predicate', result: 'passed', detail: 'it says what the policy demands' }
    : { check: 'predicate', result: 'failed', detail: clean(mismatch) };
}

function findMismatch(
  { predicateType, predicate }: Statement,
  signer: SignerFacts,
  { provenance, summary }: Attestation,
): string | undefined {
  if (summary !== undefined) return findSummaryMismatch(predicate, summary);
  if (provenance === undefined) return undefined;
  const read = readProvenance(predicateType, predicate);
  return read === undefined ? 'it is no SLSA provenance' : findProvenanceMismatch(read, provenance, signer);
}

function findUnmet({ predicateType, predicate }: Statement, condition: Condition | undefined): string | undefined {
  const result = condition?.evaluate(predicateType, predicate);
  switch (result?.kind) {
    case undefined:
    case 'true':
      return undefined;
    case 'false':
      return 'the condition of the policy is false';
    case 'error':
      return `the condition of the policy cannot be answered: ${result.message}`;
  }
}
