import { type Digest, isDigest } from '../digest.ts';

/** An image as a workload names it, in a registry of Amazon ECR. Without a digest the tag says which one. */
export interface ImageReference {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly digest?: Digest;
  readonly tag: string;
}

const REFERENCE =
  /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]{1,40})\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/([a-z0-9][a-z0-9._/-]{0,255})(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** Reads the reference of an image; undefined for one of another registry, and for what is none. Without a tag it means `latest` (Docker). */
export function parseImageReference(text: string): ImageReference | undefined {
  const [, account, region, repository, tag = 'latest', digest] = REFERENCE.exec(text) ?? [];
  if (account === undefined || region === undefined || repository === undefined) return undefined;
  return { account, region, repository, tag, ...(isDigest(digest) && { digest }) };
}

/** What is on record of an image that runs; `unknown` where nothing is, or nothing could be read. */
export interface JoinedImage {
  /** As the workload names it. */
  readonly reference: string;
  readonly verdict: 'verified' | 'unsigned' | 'invalid' | 'pending' | 'unknown';
}

/** Whether what runs is what nobody of the policy signed. What is not known is no reason. */
export function runsUntrusted(images: readonly JoinedImage[]): boolean {
  return images.some(({ verdict }) => verdict === 'unsigned' || verdict === 'invalid');
}

/** What is known of the images of a threat, in words; empty where there is nothing to tell. */
export function describeImages(images: readonly JoinedImage[]): string {
  const told = images.slice(0, 3).map(({ reference, verdict }) => {
    const name = reference.replace(/^[^/]*\//, '').slice(0, 120);
    return verdict === 'unknown' ? `of ${name} no verdict is known` : `${name} is ${verdict}`;
  });
  const more = images.length > told.length ? `; and ${images.length - told.length} more` : '';
  return told.length === 0 ? '' : `Of what runs there, ${told.join('; ')}${more}.`;
}
