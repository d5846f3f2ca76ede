import type { AsffFinding } from '../findings/asff.ts';
import { findNeeds, ruleOfGenerator } from './rules.ts';
import { type Needs, STANDARD_IDS, STANDARDS, type Standard } from './standards.ts';

/** ASFF takes 32 requirements of a finding, 64 characters each, and 20 standards (Security Hub API reference, Compliance). */
const MOST_REQUIREMENTS = 32;
const MOST_STANDARDS = 20;

/** The finding with the requirements that its rule serves, and the standards of Security Hub that these belong to. One of a rule that is not mapped stays as it is. */
export function nameRequirements(finding: AsffFinding): AsffFinding {
  const needs = findNeeds(ruleOfGenerator(finding.GeneratorId));
  const requirements = chooseRequirements(needs);
  if (requirements.length === 0) return finding;
  const standards = STANDARD_IDS.filter((id) => needs[id] !== undefined).flatMap((id) => {
    const { hubId }: Standard = STANDARDS[id];
    return hubId === undefined ? [] : [{ StandardsId: hubId }];
  });
  return {
    ...finding,
    Compliance: {
      ...finding.Compliance,
      RelatedRequirements: requirements,
      ...(standards.length > 0 && { AssociatedStandards: standards.slice(0, MOST_STANDARDS) }),
    },
  };
}

/** The requirements as ASFF takes them. Where there are too many, the standards take turns, so that each is named. */
export function chooseRequirements(needs: Needs): string[] {
  const chosen = new Set<string>();
  const longest = Math.max(0, ...STANDARD_IDS.map((id) => needs[id]?.length ?? 0));
  for (let turn = 0; turn < longest; turn += 1) {
    for (const id of STANDARD_IDS) {
      const requirement = needs[id]?.[turn];
      if (requirement !== undefined && chosen.size < MOST_REQUIREMENTS) {
        chosen.add(`${STANDARDS[id].prefix}${requirement}`.slice(0, 64));
      }
    }
  }
  return [...chosen].sort();
}
