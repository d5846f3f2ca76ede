import assert from 'node:assert/strict';
import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { type DeployedService, deployService } from '../front/deployed-service.ts';
import type { Checks } from '../harness/checks.ts';
import type { SignedImage, Way } from '../harness/signing.ts';
import type { Workbench } from '../harness/workbench.ts';
import { transplantBundle } from './forgeries.ts';

const isOpen = ({ RecordState, Compliance }: AwsSecurityFinding) =>
  RecordState === 'ACTIVE' && Compliance?.Status === 'FAILED';
const isClosed = ({ RecordState, Compliance }: AwsSecurityFinding) =>
  RecordState === 'ARCHIVED' && Compliance?.Status === 'PASSED';

/** The bundles that CDK built, each in a process as Lambda would run it, against moto: from the push of an image that the real cosign signed to the finding. */
export async function checkBundles(bench: Workbench, checks: Checks): Promise<void> {
  const signing = await bench.signing();
  const service = await deployService(bench, signing);
  const push = (repository: string) => signing.push(service.registry, repository);
  try {
    const ways: readonly [Way, string][] = [
      ['legacy, key', 'keyed'],
      ['bundle, key', 'keyed'],
      ['bundle, identity, Rekor v2', 'keyless'],
      ['bundle, identity, Rekor v1', 'keyless'],
      ['legacy, identity, Rekor v1', 'keyless'],
    ];
    for (const [number, [way, policy]] of ways.entries()) {
      await checks.check(`signed before the push is told (${way}): verified, no finding`, async () => {
        const image = await push(`${policy}/signed-${number}`);
        await signing.sign(image, way);
        await service.mirror(image);
        assert.equal((await service.untilVerdict(image, 'verified')).policy, policy);
        assert.deepEqual((await service.findingsAbout(image)).filter(isOpen), []);
      });
    }
    await checks.check('never signed: pending for the grace, then an open finding', async () => {
      const image = await push('keyed/unsigned');
      await service.mirror(image, { times: 3 });
      await service.untilVerdict(image, 'pending');
      assert.deepEqual(await service.findingsAbout(image), []);
      const finding = await service.untilFinding(image, isOpen);
      assert.equal((await service.verdictOf(image))?.state, 'unsigned');
      checkFinding(finding, image);
    });
    await checks.check('signed within the grace: verified', async () => {
      const image = await push('keyed/late');
      await service.mirror(image);
      await service.untilVerdict(image, 'pending');
      await signing.sign(image, 'bundle, key');
      await service.mirror(image);
      await service.untilVerdict(image, 'verified');
    });
    await checks.check('signed by another key: an open finding at once, closed by the right signature', async () => {
      const image = await push('keyed/other-key');
      await signing.sign(image, 'bundle, key', signing.otherKey);
      await service.mirror(image);
      await service.untilVerdict(image, 'invalid');
      const opened = await service.untilFinding(image, isOpen);
      await signing.sign(image, 'bundle, key');
      await service.mirror(image);
      const closed = await service.untilFinding(image, isClosed);
      assert.ok((closed.UpdatedAt ?? '') > (opened.UpdatedAt ?? ''), 'UpdatedAt grows');
      assert.equal(closed.CreatedAt, opened.CreatedAt);
    });
    await checks.check('the signature of another image: an open finding', async () => {
      const [good, bad] = [await push('keyless/transplant'), await push('keyless/transplant')];
      await signing.sign(good, 'bundle, identity, Rekor v2');
      await transplantBundle(good, bad);
      await service.mirror(good);
      await service.mirror(bad);
      await service.untilVerdict(good, 'verified');
      await service.untilVerdict(bad, 'invalid');
      await service.untilFinding(bad, isOpen);
    });
    await checks.check('deleted: its finding is closed', async () => {
      const image = await push('keyed/deleted');
      await signing.sign(image, 'legacy, key', signing.otherKey);
      await service.mirror(image);
      await service.untilFinding(image, isOpen);
      await service.delete(image);
      await service.untilVerdict(image, 'gone');
      await service.untilFinding(image, ({ RecordState }) => RecordState === 'ARCHIVED');
    });
    await checks.check('its event was lost: the sweep finds it', async () => {
      const image = await push('keyed/lost');
      await service.mirror(image, { silent: true });
      assert.equal(await service.verdictOf(image), undefined);
      await service.sweep();
      await service.untilFinding(image, isOpen);
    });
    await checks.check('covered by no policy: left alone', async () => {
      const image = await push('elsewhere/app');
      await service.mirror(image);
      await service.settle();
      assert.equal(await service.verdictOf(image), undefined);
      assert.deepEqual(await service.findingsAbout(image), []);
    });
    await checks.check('an event that is none: in the dead letters with its reason', () => checkRejection(service));
    await checks.check('what moto lacks was asked of the front', () => {
      assert.deepEqual([...service.answered.keys()].sort(), ['GetDownloadUrlForLayer', 'ListImageReferrers']);
      return [...service.answered].map(([name, times]) => `${name} ${times} times`).join(', ');
    });
  } finally {
    service.close();
  }
}

function checkFinding(finding: AwsSecurityFinding, { repository, digest }: SignedImage): void {
  assert.equal(finding.GeneratorId, 'countersign/image-signatures');
  const [resource] = finding.Resources ?? [];
  assert.equal(resource?.Type, 'AwsEcrContainerImage');
  const details = resource?.Details?.AwsEcrContainerImage;
  assert.equal(details?.RepositoryName, repository);
  assert.equal(details?.ImageDigest, digest);
  assert.ok((finding.Remediation?.Recommendation?.Text ?? '') !== '');
}

async function checkRejection(service: DeployedService): Promise<void> {
  const detail = { result: 'SUCCESS', 'action-type': 'PUSH', 'repository-name': 'keyed/app', 'image-digest': 'latest' };
  await service.emit('ECR Image Action', detail);
  await service.settle();
  const [message, ...more] = await service.rejected();
  assert.equal(more.length, 0);
  assert.ok(message?.MessageAttributes?.code?.StringValue);
  assert.ok(message.MessageAttributes.reason?.StringValue);
}
