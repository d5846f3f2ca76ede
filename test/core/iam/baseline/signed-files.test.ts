import { describe, expect, it } from 'vitest';
import { mergeSignedLines } from '../../../../lambdas/core/iam/baseline/merge-lines.ts';
import { nameBaseline, placeBaseline } from '../../../../lambdas/core/iam/baseline/name-baseline.ts';
import { approvalStatement, baselineStatement, createKeyHolder, ROLE_ARN } from '../../../support/baselines.ts';
import { thrownBy } from '../../../support/thrown.ts';

const anna = createKeyHolder('anna');
const ben = createKeyHolder('ben');
const baseline = (version: number) => anna.signLine(baselineStatement({ version }));

describe('mergeSignedLines', () => {
  it('keeps what both have of the newest version, each once, and approvals of it', () => {
    const [first, second] = [baseline(2), ben.signLine(baselineStatement({ version: 2 }))];
    const approval = ben.signLine(approvalStatement({ baselineVersion: 2 }));
    const ended = ben.signLine(approvalStatement({ baselineVersion: 1 }));

    const merged = mergeSignedLines(
      ROLE_ARN,
      [baseline(1), first, ended].join('\n'),
      `${first}\n${second}\n${approval}\n`,
    );

    expect(merged).toBe(`${first}\n${second}\n${approval}\n`);
  });

  it('leaves out what is about somebody else or cannot be read', () => {
    expect(mergeSignedLines(`${ROLE_ARN}2`, baseline(1), 'nonsense\n{}')).toBe('');
  });

  it('refuses more than anybody signs', () => {
    const lines = Array.from({ length: 300 }, (_, index) => `{"n":${index}}`).join('\n');

    expect(mergeSignedLines(ROLE_ARN, lines, '')).toBeUndefined();
  });
});

describe('where a baseline lies', () => {
  it.each([
    [ROLE_ARN, 'baselines/111122223333/roles/deployer.sigstore.jsonl'],
    ['arn:aws:iam::111122223333:policy/a/b', 'baselines/111122223333/policies/b.sigstore.jsonl'],
    ['arn:aws:iam::111122223333:user/..', 'baselines/111122223333/users/%2E..sigstore.jsonl'],
    ['arn:aws:iam::111122223333:group/.git', 'baselines/111122223333/groups/%2Egit.sigstore.jsonl'],
  ])('%s is %s', (arn, expected) => {
    expect(nameBaseline(arn)).toBe(expected);
  });

  it.each(['arn:aws:iam::111122223333:root', 'arn:aws:s3:::bucket', 'arn:aws:iam::111122223333:mfa/ana', ''])(
    'refuses %s',
    (arn) => {
      expect(thrownBy(() => placeBaseline(arn))).toMatchObject({ name: 'IamError', code: 'malformed' });
    },
  );
});
