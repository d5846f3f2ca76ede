import { CreateRepositoryCommand, DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { pushImage } from '../../local/account/push-image.ts';
import { describeTemplate, type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { IMAGE_SCENARIOS } from '../../local/scenarios/index.ts';
import { ensureRepository, pushBundle } from '../../local/scenarios/pushing.ts';
import type { Scenario, ScenarioImage } from '../../local/scenarios/scenario.ts';
import { buildImage, legacyTag } from '../../local/sigstore/images.ts';
import { testConfiguration } from '../infra/configuration.ts';
import { seededRandom } from '../local/account/prepare.ts';
import { disguiseImage } from '../support/disguised-image.ts';

const START = Date.UTC(2026, 10, 23, 12, 0, 0);
const HOUR = 3_600_000;
const SIGNED = buildImage('#!/bin/sh\necho signed\n');
/** Images that call themselves attachments: one by its subject, one by its tag. */
const ATTACHED = disguiseImage('#!/bin/sh\necho attached\n', SIGNED);
const TAGGED = buildImage('#!/bin/sh\necho tagged\n');
const DISGUISED = [ATTACHED, TAGGED];
const UNTAGGED = buildImage('#!/bin/sh\necho untagged\n');
/** A repository that the scenarios' trust policy covers. */
const REPOSITORY = 'acme/batch';

describe('when EventBridge loses every event', () => {
  let service: EmbeddedService;
  let clock: VirtualClock;
  const images = new Map<string, ScenarioImage>();

  beforeAll(async () => {
    clock = virtualClock(START);
    service = await startEmbeddedService({ clock, graceSeconds: 600, random: seededRandom(1), onFailure: () => {} });
    service.account.faults.lossRate = 1;
    for (const scenario of IMAGE_SCENARIOS) images.set(scenario.name, await service.run(scenario));
    const blobs = UNTAGGED.blobs.map(({ bytes }) => bytes);
    await service.account.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: REPOSITORY })).catch(() => {});
    await pushImage(service.account, { repository: REPOSITORY, ...UNTAGGED, blobs });
    await pushDisguised(service);
    // One run finds all images, the next one those whose grace began with the first.
    await clock.advance(3 * HOUR);
    await service.settle();
  }, 60_000);

  afterAll(() => service?.stop());

  const stateOf = ({ repository, digest }: ScenarioImage) =>
    service.observations.verdictOf(`${repository}@${digest}`)?.state;

  test.each(
    IMAGE_SCENARIOS.filter(({ expected }) => !['none', 'gone'].includes(expected.state)).map((one) => [one.name, one]),
  )('the sweep brings %s to its verdict', (name, { expected }) => {
    const image = images.get(name);

    expect(image && stateOf(image)).toBe(expected.state);
  });

  test('an image without a tag is an image', () => {
    expect(stateOf({ kind: 'image', repository: REPOSITORY, digest: UNTAGGED.digest })).toBe('unsigned');
  });

  test.each(DISGUISED)('an image that calls itself an attachment is an image', ({ digest }) => {
    expect(stateOf({ kind: 'image', repository: REPOSITORY, digest })).toBe('unsigned');
  });

  test('signatures are not swept up as images', async () => {
    const repositories = new Set([...images.values()].map(({ repository }) => repository));
    const attachments: (string | undefined)[] = [];
    for (const repositoryName of repositories) {
      const { imageDetails = [] } = await service.account.clients.ecr.send(
        new DescribeImagesCommand({ repositoryName }),
      );
      for (const { imageDigest, imageTags = [], subjectManifestDigest } of imageDetails) {
        if (DISGUISED.some(({ digest }) => digest === imageDigest)) continue;
        if (subjectManifestDigest !== undefined || imageTags.some((tag) => tag.endsWith('.sig')))
          attachments.push(imageDigest);
      }
    }

    expect(attachments.length).toBeGreaterThan(5);
    expect(service.observations.allVerdicts().filter(({ digest }) => attachments.includes(digest))).toEqual([]);
  });
});

async function pushDisguised({ account }: EmbeddedService): Promise<void> {
  const tags = [undefined, legacyTag(SIGNED.digest, 'sig')];
  for (const [index, image] of [SIGNED, ...DISGUISED].entries()) {
    const tag = index === 0 ? 'signed' : tags[index - 1];
    const blobs = image.blobs.map(({ bytes }) => bytes);
    await pushImage(account, { repository: REPOSITORY, ...image, blobs, ...(tag !== undefined && { tag }) });
  }
}

describe('when the events that follow a push are lost', () => {
  test('the finding about an image that calls itself an attachment is closed by the sweep', async () => {
    const clock = virtualClock(START);
    const service = await startEmbeddedService({
      clock,
      graceSeconds: 600,
      random: seededRandom(1),
      onFailure: () => {},
      template: describeTemplate(testConfiguration.compiled),
    });
    try {
      const signedLater: Scenario = {
        name: 'signed-later',
        title: 'Signed later',
        expectation: 'The signature comes after the finding, and its event is lost.',
        expected: { state: 'verified', finding: 'archived' },
        run: async (world) => {
          await ensureRepository(world, REPOSITORY);
          await pushDisguised(service);
          await clock.advance(5 * HOUR);
          service.account.faults.lossRate = 1;
          const bundle = world.sigstore.signImageBundle(ATTACHED.digest, world.releaseWorkflow);
          await pushBundle(world, REPOSITORY, ATTACHED, bundle);
          return { kind: 'image', repository: REPOSITORY, digest: ATTACHED.digest };
        },
      };
      await service.run(signedLater);
      const before = service.observations.findingOf(`${REPOSITORY}@${ATTACHED.digest}`);
      await clock.advance(2 * HOUR);

      expect(before).toMatchObject({ RecordState: 'ACTIVE' });
      expect(service.observations.findingOf(`${REPOSITORY}@${ATTACHED.digest}`)).toMatchObject({
        RecordState: 'ARCHIVED',
      });
    } finally {
      await service.stop();
    }
  }, 60_000);
});
