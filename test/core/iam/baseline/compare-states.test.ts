import { describe, expect, it } from 'vitest';
import { compareStates, type Difference } from '../../../../lambdas/core/iam/baseline/compare-states.ts';
import { type BaselineState, normalizeState } from '../../../../lambdas/core/iam/baseline/state.ts';
import { READ, roleState, TRUST } from '../../../support/baselines.ts';

const ADMIN = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const admin = 'arn:aws:iam::aws:policy/AdministratorAccess';
const brief = (differences: readonly Difference[]) =>
  differences.map(({ part, name, change, verdict }) => [part, name, change, verdict].filter(Boolean).join(' '));

describe('compareStates', () => {
  it('finds nothing between a state and itself', () => {
    expect(compareStates(roleState(), roleState())).toEqual([]);
  });

  it('finds nothing where documents are written differently and mean the same', () => {
    const rewritten = {
      Statement: { Sid: 'x', Resource: ['*'], Action: ['S3:get*'], Effect: 'Allow' },
      Version: '2012-10-17',
    };

    expect(compareStates(roleState(), roleState({ inline: [{ name: 'read', document: rewritten }] }))).toEqual([]);
  });

  it.each<[string, BaselineState, string[]]>([
    [
      'another trust',
      roleState({ trust: { ...TRUST, Statement: [{ ...TRUST.Statement[0], Principal: '*' }] } }),
      ['trust changed wider'],
    ],
    [
      'a rogue entry beside a good one',
      roleState({
        inline: [
          { name: 'read', document: READ },
          { name: 'x', document: ADMIN },
        ],
      }),
      ['inline x added wider'],
    ],
    [
      'an entry named __proto__',
      roleState({
        inline: [
          { name: 'read', document: READ },
          { name: '__proto__', document: ADMIN },
        ],
      }),
      ['inline __proto__ added wider'],
    ],
    ['an entry that is gone', roleState({ inline: [] }), ['inline read removed narrower']],
    ['a wider entry', roleState({ inline: [{ name: 'read', document: ADMIN }] }), ['inline read changed wider']],
    [
      'an attachment',
      roleState({ attached: ['arn:aws:iam::aws:policy/ReadOnlyAccess', admin] }),
      [`attached ${admin} added unknown`],
    ],
    ['a new boundary', roleState({ boundary: admin }), [`boundary ${admin} added narrower`]],
    ['a tag', roleState({ tags: [{ key: 'team', value: 'x' }] }), ['tag team added unknown']],
    [
      'an instance profile',
      roleState({ instanceProfiles: ['arn:aws:iam::111122223333:instance-profile/a'] }),
      ['instance-profile arn:aws:iam::111122223333:instance-profile/a added unknown'],
    ],
    ['a role that was made anew', roleState({ uniqueId: 'AROAEXAMPLEDEPLOYER2' }), ['unique-id changed unknown']],
    ['a longer session', roleState({ maxSessionSeconds: 7200 }), ['max-session changed wider']],
  ])('finds %s', (_name, found, expected) => {
    expect(
      brief(
        compareStates(roleState({ maxSessionSeconds: 3600 }), {
          ...found,
          ...(found.kind === 'role' && { maxSessionSeconds: found.maxSessionSeconds ?? 3600 }),
        }),
      ),
    ).toEqual(expected);
  });

  it('finds a boundary that was taken away', () => {
    expect(brief(compareStates(roleState({ boundary: admin }), roleState()))).toEqual([
      `boundary ${admin} removed wider`,
    ]);
  });

  it('tells what an attachment does where its document is known', () => {
    const differences = compareStates(roleState({ attached: [] }), roleState({ attached: [admin] }), {
      documentOf: () => JSON.stringify(ADMIN),
    });

    expect(brief(differences)).toEqual([`attached ${admin} added wider`]);
  });

  it('tells of a principal that is gone', () => {
    expect(compareStates(roleState(), undefined)).toEqual([
      { part: 'existence', change: 'removed', verdict: 'unknown' },
    ]);
  });

  it('does not compare ids with a baseline that was made from a template', () => {
    expect(compareStates(roleState({ uniqueId: 'any' }), roleState())).toEqual([]);
  });
});

describe('normalizeState', () => {
  it('sorts lists and drops repetitions, whatever their order was', () => {
    const state = roleState({
      attached: ['arn:aws:iam::aws:policy/B', 'arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/B'],
    });

    expect(normalizeState(state)).toMatchObject({
      attached: ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/B'],
    });
  });
});
