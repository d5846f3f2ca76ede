import { findTagged } from '../aws/ecr-image.ts';
import type { Telemetry } from '../aws/function-frame.ts';
import type { VerdictStore } from '../aws/verdict-store.ts';
import type { Wiring } from '../aws/wiring.ts';
import { isDigest } from '../core/digest.ts';
import { type JoinedImage, parseImageReference } from '../core/threats/join-images.ts';
import type { Subject } from '../core/threats/threat.ts';

/** Of one threat: a task has a handful of containers. */
const MOST = 5;

/** The verdicts on the images that a threat is about, in this account and region. What cannot be read is unknown: a threat is told of without it. */
export async function readVerdicts(
  subject: Subject,
  { clients, environment }: Wiring<'ecr'>,
  verdicts: Pick<VerdictStore, 'read'>,
  telemetry: Telemetry,
): Promise<readonly JoinedImage[]> {
  if (subject.kind !== 'container') return [];
  return Promise.all(
    subject.images.slice(0, MOST).map(async (reference): Promise<JoinedImage> => {
      try {
        return { reference, verdict: (await readVerdict(reference)) ?? 'unknown' };
      } catch (thrown) {
        // Less is said and nothing else changes: the threat itself must not wait for a registry.
        telemetry.error('image not joined', {}, thrown);
        return { reference, verdict: 'unknown' };
      }
    }),
  );

  async function readVerdict(text: string): Promise<JoinedImage['verdict'] | undefined> {
    const image = parseImageReference(text);
    if (image === undefined || image.region !== environment.AWS_REGION) return undefined;
    const { account, region, repository, tag } = image;
    const digest = image.digest ?? (await findTagged(clients.ecr, image, tag));
    if (!isDigest(digest)) return undefined;
    const state = (await verdicts.read({ account, region, repository, digest }))?.state;
    return state === 'verified' || state === 'unsigned' || state === 'invalid' || state === 'pending'
      ? state
      : undefined;
  }
}
