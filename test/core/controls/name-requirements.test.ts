import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeControlData } from '../../../bin/reference/make-control-data.ts';
import { chooseRequirements, nameRequirements } from '../../../lambdas/core/controls/name-requirements.ts';
import { OWN_RULES } from '../../../lambdas/core/controls/own-rules.ts';
import { findNeeds, listRules, managedNameOf, ruleOfControl } from '../../../lambdas/core/controls/rules.ts';
import { listRequirements, STANDARD_IDS } from '../../../lambdas/core/controls/standards.ts';
import { asffFinding } from '../../../lambdas/core/findings/asff.ts';
import { describeCheckFinding } from '../../../lambdas/core/findings/check-finding.ts';
import { CHECK_TITLES } from '../../../lambdas/core/iam/checks/check.ts';
import { refusalOfFinding } from '../../../local/account/asff.ts';
import { corpusPath, describeWithCorpus } from '../../support/corpus.ts';

const words = (text: string) => text.replace(/[\s,'"]+/g, '');

describeWithCorpus('the data of controls', ['controls', 'security-hub-controls.json'], () => {
  it('is what the sources say', () => {
    const [hub, frameworks] = ['security-hub-controls.json', 'frameworks-to-prowler-checks.json'].map((name) =>
      readFileSync(corpusPath('controls', name) ?? '', 'utf8'),
    );
    const file = new URL('../../../lambdas/core/controls/control-data.ts', import.meta.url);

    expect(words(readFileSync(file, 'utf8'))).toBe(words(makeControlData(hub ?? '', frameworks ?? '')));
  });
});

describe('the mapping of rules', () => {
  it('knows every check of IAM', () => {
    for (const check of Object.keys(CHECK_TITLES)) expect(OWN_RULES[`countersign/iam-check/${check}`]).toBeDefined();
  });

  it('holds requirements only, and no prose', () => {
    const ids = STANDARD_IDS.flatMap((standard) => listRequirements(standard));

    expect(ids.length).toBeGreaterThan(400);
    expect(ids.filter((id) => !/^(?:A?\d+(?:\.\d+)+|[A-Z]{2}-\d+(?:\(\d+\))?|Art\. \d+)$/.test(id))).toEqual([]);
  });

  it.each([
    ['access-keys-rotated', { 'cis-1.4': ['1.14'] }],
    ['iam-policy-no-statements-with-admin-access', { 'cis-3.0': ['1.16'], 'cis-7.0': ['2.14'], gdpr: ['Art. 25'] }],
    ['countersign/iam-check/console-mfa', { 'cis-1.4': ['1.10'] }],
  ])('relates %s', (rule, needs) => {
    expect(findNeeds(rule)).toMatchObject(needs);
  });

  it('says nothing of a rule that nobody mapped', () => {
    expect(findNeeds('constructor')).toEqual({});
    expect(ruleOfControl('constructor')).toBeUndefined();
  });

  it('finds managed rules under the names that Security Hub and conformance packs give them', () => {
    expect(managedNameOf('securityhub-access-keys-rotated-1a2b3c4d')).toBe('access-keys-rotated');
    expect(managedNameOf('access-keys-rotated-conformance-pack-abcdefghi')).toBe('access-keys-rotated');
    expect(managedNameOf('our-own-rule')).toBe('our-own-rule');
    expect(ruleOfControl('IAM.1')).toBe('iam-policy-no-statements-with-admin-access');
  });
});

describe('a finding', () => {
  const finding = (check: string) =>
    describeCheckFinding({
      account: '111122223333',
      region: 'eu-west-1',
      resource: 'arn:aws:iam::111122223333:user/ann',
      check,
      title: 'no MFA',
      state: 'failed',
      severity: 'HIGH',
      because: ['no device'],
      firstSeenAt: 1,
      now: 2,
    });

  it('names what its rule serves, each standard first of all once, as Security Hub takes it', () => {
    const named = nameRequirements(finding('console-mfa'));

    expect(asffFinding.parse(named)).toEqual(named);
    expect(refusalOfFinding(named)).toBeUndefined();
    expect(named.Compliance.RelatedRequirements).toContain('CIS AWS Foundations Benchmark v1.4.0/1.10');
    expect(named.Compliance.AssociatedStandards).toContainEqual({ StandardsId: 'standards/nist-800-53/v/5.0.0' });
    expect(named.Compliance.Status).toBe('FAILED');
  });

  it('of a rule that is not mapped stays as it is', () => {
    expect(nameRequirements(finding('something-else'))).toEqual(finding('something-else'));
  });

  it('never names more than ASFF takes, and leaves out no standard', () => {
    for (const [rule, needs] of listRules()) {
      const chosen = chooseRequirements(needs);

      expect(chosen.length, rule).toBeLessThanOrEqual(32);
      expect(new Set(chosen).size).toBe(chosen.length);
      expect(chosen.every((one) => one.length <= 64)).toBe(true);
    }
    const many = Array.from({ length: 40 }, (_, at) => `AC-${at}`);

    expect(chooseRequirements({ 'nist-800-53-r5': many, gdpr: ['Art. 32'] })).toContain('GDPR/Art. 32');
  });
});
