import * as z from 'zod';
import { listRules, managedNameOf, type RuleName, ruleOfControl, ruleOfGenerator } from './rules.ts';
import { listRequirements, type StandardId } from './standards.ts';

/** What of a finding of Security Hub the report needs; the rest is left alone. */
export const reportedFinding = z.object({
  GeneratorId: z.string().max(512),
  RecordState: z.enum(['ACTIVE', 'ARCHIVED']),
  Workflow: z.object({ Status: z.string().max(32).optional() }).optional(),
  Compliance: z
    .object({ Status: z.string().max(32).optional(), SecurityControlId: z.string().max(64).optional() })
    .optional(),
  ProductFields: z.record(z.string(), z.string()).optional(),
});
export type ReportedFinding = z.infer<typeof reportedFinding>;

/** How often a rule passed and failed. */
export interface RuleTally {
  readonly passed: number;
  readonly failed: number;
  /** Failures that an analyst suppressed: neither passed nor counted as failed. */
  readonly suppressed: number;
}

/**
 * `failed`: a rule that serves it found a fault. `suppressed`: only faults that somebody suppressed. `passed`: what was looked at passed, and nothing failed. `unknown`:
 * rules serve it, but no finding tells. `unmapped`: no rule serves it.
 */
export type RequirementState = 'failed' | 'suppressed' | 'passed' | 'unknown' | 'unmapped';

export interface JudgedRequirement {
  readonly requirement: string;
  readonly state: RequirementState;
  readonly rules: readonly RuleName[];
  /** How many of these rules told anything. */
  readonly seen: number;
}

/** The rule that a finding is about: one of ours, one of Config, or a control; undefined for anything else. */
export function findRule(finding: ReportedFinding): RuleName | undefined {
  const { GeneratorId, Compliance, ProductFields } = finding;
  if (GeneratorId.startsWith('countersign/')) return ruleOfGenerator(GeneratorId);
  const control = Compliance?.SecurityControlId ?? /^security-control\/(.+)$/.exec(GeneratorId)?.[1];
  if (control !== undefined) return ruleOfControl(control);
  const config = ProductFields?.['aws/config/ConfigRuleName'];
  return config === undefined ? undefined : managedNameOf(config);
}

/**
 * Counts findings by rule. A passed check counts also where its finding is archived, as ours are; any other archived finding is history. `WARNING` is no pass.
 */
export function tallyRules(findings: Iterable<ReportedFinding>): ReadonlyMap<RuleName, RuleTally> {
  const tallies = new Map<RuleName, RuleTally>();
  for (const finding of findings) {
    const rule = findRule(finding);
    const counted = countedAs(finding);
    if (rule === undefined || counted === undefined) continue;
    const { passed, failed, suppressed } = tallies.get(rule) ?? { passed: 0, failed: 0, suppressed: 0 };
    tallies.set(rule, {
      passed: passed + Number(counted === 'passed'),
      failed: failed + Number(counted === 'failed'),
      suppressed: suppressed + Number(counted === 'suppressed'),
    });
  }
  return tallies;
}

function countedAs({ Compliance, GeneratorId, RecordState, Workflow }: ReportedFinding): keyof RuleTally | undefined {
  const status = Compliance?.Status;
  if (status === 'PASSED') {
    return RecordState === 'ACTIVE' || GeneratorId.startsWith('countersign/') ? 'passed' : undefined;
  }
  if (RecordState === 'ARCHIVED' || (status !== 'FAILED' && status !== 'WARNING')) return undefined;
  return Workflow?.Status === 'SUPPRESSED' ? 'suppressed' : 'failed';
}

/** Every requirement of a standard with its state. Without tallies everything that is mapped is `unknown`. */
export function judgeStandard(
  standard: StandardId,
  tallies: ReadonlyMap<RuleName, RuleTally>,
): readonly JudgedRequirement[] {
  const rulesOf = new Map<string, RuleName[]>(listRequirements(standard).map((one) => [one, []]));
  for (const [rule, needs] of listRules()) {
    for (const requirement of needs[standard] ?? []) {
      rulesOf.set(requirement, [...(rulesOf.get(requirement) ?? []), rule]);
    }
  }
  return [...rulesOf]
    .sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }))
    .map(([requirement, rules]) => {
      const told = rules.flatMap((rule) => tallies.get(rule) ?? []);
      return { requirement, state: judge(rules, told), rules: rules.toSorted(), seen: told.length };
    });
}

function judge(rules: readonly RuleName[], told: readonly RuleTally[]): RequirementState {
  if (rules.length === 0) return 'unmapped';
  if (told.some(({ failed }) => failed > 0)) return 'failed';
  if (told.some(({ suppressed }) => suppressed > 0)) return 'suppressed';
  return told.some(({ passed }) => passed > 0) ? 'passed' : 'unknown';
}
