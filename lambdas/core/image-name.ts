import type { Digest } from './digest.ts';

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
