import { type Digest, isDigest } from './digest.ts';

/** Which image. Together these are the key of its verdict and of its finding. */
export interface ImageName {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly digest: Digest;
}

/** The name as one text: the key of its verdict. */
export function keyOf({ account, region, repository, digest }: ImageName): string {
  return `${account}/${region}/${repository}@${digest}`;
}

/** The name that `keyOf` made a text of, or undefined. */
export function parseKey(key: string): ImageName | undefined {
  const [, account = '', region = '', repository = '', digest] =
    /^(\d{12})\/([a-z0-9-]+)\/([a-z0-9._/-]+)@(sha256:[0-9a-f]{64})$/.exec(key) ?? [];
  return isDigest(digest) ? { account, region, repository, digest } : undefined;
}
