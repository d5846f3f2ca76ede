import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type HeldPolicies, judgePolicies } from '../../../../lambdas/core/iam/paths/judge-policies.ts';
import { corpusPath, describeWithCorpus } from '../../../support/corpus.ts';

const catalogue = z.array(
  z.object({
    id: z.string(),
    permissions: z.object({ required: z.array(z.object({ permission: z.string() })).min(1) }),
  }),
);

/** Whoever knows the id of an instance need not look it up, though the catalogue has it so. */
const NOT_NEEDED = new Set(['ec2instanceconnect-003 ec2:DescribeInstances']);

const allow = (actions: readonly string[], condition?: object) => ({
  Version: '2012-10-17',
  Statement: actions.map((Action) => ({
    Effect: 'Allow',
    Action,
    Resource: '*',
    ...(condition !== undefined && { Condition: condition }),
  })),
});
const deny = (Action: string) => ({ Statement: { Effect: 'Deny', Action, Resource: '*' } });

describeWithCorpus('each path of the public catalogue', ['escalation', 'paths.json'], () => {
  const text = readFileSync(corpusPath('escalation', 'paths.json') ?? '', 'utf8');
  const paths = catalogue.parse(JSON.parse(text)).map(({ id, permissions }) => ({
    id,
    actions: permissions.required
      .map(({ permission }) => permission)
      .filter((permission) => !NOT_NEEDED.has(`${id} ${permission}`)),
  }));

  const find = (id: string, identityPolicies: HeldPolicies['identityPolicies'], boundary?: HeldPolicies['boundary']) =>
    judgePolicies({ identityPolicies, boundary }).paths.find((path) => path.id === id);

  test('is there', () => expect(paths).toHaveLength(65));

  test.each(paths)('$id is proven by the statements that it takes, and by no fewer', ({ id, actions }) => {
    const found = find(id, [allow(actions)]);

    expect(found).toMatchObject({ status: 'proven' });
    expect(new Set(found?.statements.map(({ action }) => action))).toEqual(
      new Set(actions.map((action) => action.toLowerCase())),
    );
    expect(new Set(found?.statements.map(({ statement }) => statement)).size).toBe(actions.length);
    for (const left of actions) {
      expect(find(id, [allow(actions.filter((one) => one !== left))]), `without ${left}`).toBeUndefined();
    }
  });

  test.each(paths)('$id is seen in policies apart, in other case and behind wildcards', ({ id, actions }) => {
    const apart = actions.map((action) => allow([action]));
    const shouted = allow(actions.map((action) => action.toUpperCase()));
    const wide = allow(actions.map((action) => `${action.slice(0, -2)}*`));

    for (const policies of [apart, [shouted], [wide], [allow(['*'])]]) {
      expect(find(id, policies)?.status).toBe('proven');
    }
  });

  test.each(paths)('$id depends on a condition, and is taken away by a denial or the boundary', ({ id, actions }) => {
    const [first = ''] = actions;
    const needsMfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };

    expect(find(id, [allow(actions, needsMfa)])?.status).toBe('possible');
    expect(find(id, [allow(actions), deny(first)])).toMatchObject({
      status: 'blocked-by',
      because: `statement 1 of policy 2 denies ${first.toLowerCase()}`,
    });
    expect(find(id, [allow(actions)], allow(['s3:GetObject']))?.status).toBe('blocked-by');
  });
});
