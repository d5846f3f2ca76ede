import { CreateRepositoryCommand, DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type VirtualClock, virtualClock } from '../../local/account/clock.ts';
import { pushImage } from '../../local/account/push-image.ts';
import { type EmbeddedService, startEmbeddedService } from '../../local/embedded-service.ts';
import { SCENARIOS } from '../../local/scenarios/index.ts';
import type { ScenarioImage } from '../../local/scenarios/scenario.ts';
import { buildImage } from '../../local/sigstore/images.ts';
import { seededRandom } from '../local/account/prepare.ts';

const START = Date.UTC(2026, 10, 23, 12, 0, 0);
const HOUR = 3_600_000;
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
    for (const scenario of SCENARIOS) images.set(scenario.name, await service.run(scenario));
    const blobs = UNTAGGED.blobs.map(({ bytes }) => bytes);
    await service.account.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: REPOSITORY })).catch(() => {});
    await pushImage(service.account, { repository: REPOSITORY, ...UNTAGGED, blobs });
    // One run finds all images, the next one those whose grace began with the first.
    await clock.advance(3 * HOUR);
    await service.settle();
  }, 60_000);

  afterAll(() => service?.stop());

  const stateOf = ({ repository, digest }: ScenarioImage) =>
    service.observations.verdictOf(`${repository}@${digest}`)?.state;

  test.each(
    SCENARIOS.filter(({ expected }) => !['none', 'gone'].includes(expected.state)).map((one) => [one.name, one]),
  )('the sweep brings %s to its verdict', (name, { expected }) => {
    const image = images.get(name);

    expect(image && stateOf(image)).toBe(expected.state);
  });

  test('an image without a tag is an image', () => {
    expect(stateOf({ repository: REPOSITORY, digest: UNTAGGED.digest })).toBe('unsigned');
  });

  test('signatures are not swept up as images', async () => {
    const repositories = new Set([...images.values()].map(({ repository }) => repository));
    const attachments: (string | undefined)[] = [];
    for (const repositoryName of repositories) {
      const { imageDetails = [] } = await service.account.clients.ecr.send(
        new DescribeImagesCommand({ repositoryName }),
      );
      for (const { imageDigest, imageTags = [], subjectManifestDigest } of imageDetails) {
        if (subjectManifestDigest !== undefined || imageTags.some((tag) => tag.endsWith('.sig')))
          attachments.push(imageDigest);
      }
    }

    expect(attachments.length).toBeGreaterThan(5);
    expect(service.observations.allVerdicts().filter(({ digest }) => attachments.includes(digest))).toEqual([]);
  });
});
