import { CONTROL_DATA } from './control-data.ts';
import { OWN_RULES } from './own-rules.ts';
import { isStandardId, type Needs, STANDARD_IDS, type StandardId } from './standards.ts';

/**
 * A rule as this service names it: `countersign/...` (the GeneratorId of our own findings), a Config rule by its managed name, or, where a control of Security Hub has
 * no Config rule, the control.
 */
export type RuleName = string;

const RULES: ReadonlyMap<RuleName, Needs> = readRules();

/** What a rule serves; nothing for one that is not mapped. */
export function findNeeds(rule: RuleName): Needs {
  return RULES.get(rule) ?? {};
}

const STAND_IN = 'countersign/config/';

/** The GeneratorId of a finding of ours about a result of Config, where Security Hub holds none of Config. */
export function generatorOf(rule: RuleName): string {
  return `${STAND_IN}${rule}`;
}

/** The rule that a finding of ours is about, by its GeneratorId. */
export function ruleOfGenerator(generatorId: string): RuleName {
  return generatorId.startsWith(STAND_IN) ? generatorId.slice(STAND_IN.length) : generatorId;
}

/** Every rule that is mapped to a requirement, with what it serves. */
export function listRules(): ReadonlyMap<RuleName, Needs> {
  return RULES;
}

/** The rule of a control of Security Hub (`IAM.1`); undefined for one that is not in the data. */
export function ruleOfControl(control: string): RuleName | undefined {
  if (!Object.hasOwn(CONTROL_DATA, control)) return undefined;
  return CONTROL_DATA[control]?.rule ?? control;
}

/**
 * The managed name of a Config rule: Security Hub deploys them as `securityhub-NAME-HASH`, a conformance pack as `NAME-conformance-pack-ID` (AWS Config developer
 * guide). Any other name stands for itself. A name is a label that an owner chose: good enough for a report, no reason to trust anything.
 */
export function managedNameOf(name: string): RuleName {
  return name.replace(/^securityhub-(.+)-[0-9a-f]{6,8}$/, '$1').replace(/-conformance-pack-[a-z0-9]{4,20}$/, '');
}

function readRules(): ReadonlyMap<RuleName, Needs> {
  const found = new Map<RuleName, Map<StandardId, Set<string>>>();
  const add = (rule: RuleName, needs: Readonly<Record<string, readonly string[]>>): void => {
    const of = found.get(rule) ?? new Map<StandardId, Set<string>>();
    found.set(rule, of);
    for (const [standard, ids] of Object.entries(needs)) {
      if (isStandardId(standard)) of.set(standard, new Set([...(of.get(standard) ?? []), ...ids]));
    }
  };
  const split = (needs: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(needs).map(([standard, ids]) => [standard, ids.split('|')]));
  for (const [control, { rule, needs }] of Object.entries(CONTROL_DATA)) add(rule ?? control, split(needs));
  for (const [rule, { sameAs, serves }] of Object.entries(OWN_RULES)) {
    for (const { rule: other, needs } of Object.values(CONTROL_DATA)) {
      if (other !== null && sameAs.includes(other)) add(rule, split(needs));
    }
    add(rule, serves);
  }
  return new Map([...found].map(([rule, of]) => [rule, freeze(of)]));
}

function freeze(of: ReadonlyMap<StandardId, ReadonlySet<string>>): Needs {
  const needs: Partial<Record<StandardId, readonly string[]>> = {};
  for (const standard of STANDARD_IDS) {
    const ids = of.get(standard);
    if (ids !== undefined && ids.size > 0) needs[standard] = [...ids];
  }
  return needs;
}
