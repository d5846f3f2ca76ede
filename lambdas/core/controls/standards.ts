import { REQUIREMENT_DATA } from './control-data.ts';

/** A standard that rules are mapped to. */
export interface Standard {
  readonly title: string;
  /** Before the requirement in ASFF, as Security Hub writes it where it knows the standard. */
  readonly prefix: string;
  /** The part of its ARN that names it, for standards that Security Hub has (`AssociatedStandards`, Security Hub API reference). */
  readonly hubId?: string;
}

export const STANDARDS = {
  'cis-1.4': {
    title: 'CIS AWS Foundations Benchmark 1.4',
    prefix: 'CIS AWS Foundations Benchmark v1.4.0/',
    hubId: 'standards/cis-aws-foundations-benchmark/v/1.4.0',
  },
  'cis-3.0': {
    title: 'CIS AWS Foundations Benchmark 3.0',
    prefix: 'CIS AWS Foundations Benchmark v3.0.0/',
    hubId: 'standards/cis-aws-foundations-benchmark/v/3.0.0',
  },
  'cis-5.0': {
    title: 'CIS AWS Foundations Benchmark 5.0',
    prefix: 'CIS AWS Foundations Benchmark v5.0.0/',
    hubId: 'standards/cis-aws-foundations-benchmark/v/5.0.0',
  },
  'cis-7.0': { title: 'CIS AWS Foundations Benchmark 7.0', prefix: 'CIS AWS Foundations Benchmark v7.0.0/' },
  'nist-800-53-r5': {
    title: 'NIST SP 800-53 revision 5',
    prefix: 'NIST.800-53.r5 ',
    hubId: 'standards/nist-800-53/v/5.0.0',
  },
  'pci-dss-4.0': { title: 'PCI DSS 4.0', prefix: 'PCI DSS v4.0/', hubId: 'standards/pci-dss/v/4.0.1' },
  gdpr: { title: 'GDPR, articles 25, 30 and 32', prefix: 'GDPR/' },
} as const satisfies Readonly<Record<string, Standard>>;
export type StandardId = keyof typeof STANDARDS;

/** What a rule serves: requirements by standard. */
export type Needs = Readonly<Partial<Record<StandardId, readonly string[]>>>;

export function isStandardId(text: string): text is StandardId {
  return Object.hasOwn(STANDARDS, text);
}

export const STANDARD_IDS: readonly StandardId[] = Object.keys(STANDARDS).filter(isStandardId);

/** Every requirement of a standard that the sources of the mapping know, in the order of the standard. */
export function listRequirements(standard: StandardId): readonly string[] {
  return REQUIREMENT_DATA[standard]?.split('|') ?? [];
}
