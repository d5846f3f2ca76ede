import { CreateRepositoryCommand, DeleteRepositoryCommand } from '@aws-sdk/client-ecr';
import { describe, expect, test } from 'vitest';
import type { AsffFinding } from '../../lambdas/core/findings/asff.ts';
import { asffFinding } from '../../lambdas/core/findings/asff.ts';
import { hasMovableTags, type TagSettings } from '../../lambdas/core/images/tag-mutability.ts';
import { reportMovableTags } from '../../lambdas/sweep/report-movable-tags.ts';
import { virtualClock } from '../../local/account/clock.ts';
import { startEmbeddedService } from '../../local/embedded-service.ts';
import { seededRandom } from '../local/account/prepare.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const where = { account: '123456789012', region: 'eu-west-1' };

describe('the tags of a repository', () => {
  test.each<[string, Partial<TagSettings>, boolean]>([
    ['mutable', { mutability: 'MUTABLE' }, true],
    ['immutable', { mutability: 'IMMUTABLE' }, false],
    ['immutable but for signatures', { mutability: 'IMMUTABLE_WITH_EXCLUSION', exclusions: ['sha256-*'] }, false],
    ['immutable but for latest', { mutability: 'IMMUTABLE_WITH_EXCLUSION', exclusions: ['sha256-*', 'latest'] }, true],
    ['mutable but for releases', { mutability: 'MUTABLE_WITH_EXCLUSION', exclusions: ['v*'] }, true],
    ['of a kind that nobody knows yet', { mutability: 'SOMETIMES' }, true],
    ['not told', { mutability: undefined }, true],
  ])('%s', (_name, settings, expected) => {
    expect(hasMovableTags({ name: 'acme/app', mutability: undefined, exclusions: [], ...settings })).toBe(expected);
  });
});

describe('the report', () => {
  const movable = (name: string): TagSettings => ({ name, mutability: 'MUTABLE', exclusions: [] });
  const fixed = (name: string): TagSettings => ({ name, mutability: 'IMMUTABLE', exclusions: [] });

  async function report(repositories: readonly TagSettings[], told: readonly string[], failing = false) {
    const sent: AsffFinding[] = [];
    const written: string[][] = [];
    const store = {
      read: async () => new Set(told),
      write: async (names: ReadonlySet<string>) => {
        written.push([...names]);
      },
    };
    const send = async (finding: AsffFinding) => {
      if (failing) throw new Error('down');
      sent.push(finding);
    };
    await reportMovableTags({ where, repositories, store, send, now: NOON });
    return {
      sent: sent.map(({ Id, RecordState }) => `${Id.split('/').slice(4, -1).join('/')} ${RecordState}`),
      written,
      findings: sent,
    };
  }

  test.each<[string, TagSettings[], string[], string[]]>([
    ['opens once', [movable('a/b')], [], ['a/b ACTIVE']],
    ['says nothing twice', [movable('a/b')], ['a/b'], []],
    ['closes when tags are fixed', [fixed('a/b')], ['a/b'], ['a/b ARCHIVED']],
    ['closes when the repository is gone', [], ['a/b'], ['a/b ARCHIVED']],
    ['says nothing of what was never wrong', [fixed('a/b')], [], []],
  ])('%s', async (_name, repositories, told, expected) => {
    const { sent, findings } = await report(repositories, told);

    expect(sent).toEqual(expected);
    for (const finding of findings) expect(asffFinding.safeParse(finding).error?.issues).toBeUndefined();
  });

  test('notes nothing that it could not send', async () => {
    await expect(report([movable('a/b')], [], true)).rejects.toThrow('down');
  });
});

test('the sweep tells Security Hub of a repository whose tags can be moved, and when it is deleted', async () => {
  const clock = virtualClock(NOON);
  const service = await startEmbeddedService({
    clock,
    graceSeconds: 600,
    random: seededRandom(1),
    onFailure: () => {},
  });
  const { ecr } = service.account.clients;
  for (const repositoryName of ['acme/open', 'other/open'])
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  await ecr.send(new CreateRepositoryCommand({ repositoryName: 'acme/fixed', imageTagMutability: 'IMMUTABLE' }));
  const told = () =>
    service.observations
      .allFindings()
      .map(({ Id, RecordState }) => `${Id.split('/').slice(4, -1).join('/')} ${RecordState}`);

  await clock.advance(3_700_000);
  await service.settle();
  expect(told()).toEqual(['acme/open ACTIVE']);

  await ecr.send(new DeleteRepositoryCommand({ repositoryName: 'acme/open' }));
  await clock.advance(3_700_000);
  await service.settle();
  expect(told()).toEqual(['acme/open ARCHIVED']);
  await service.stop();
}, 60_000);
