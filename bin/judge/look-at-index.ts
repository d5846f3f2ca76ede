import { type Digest, isDigest } from '../../lambdas/core/digest.ts';
import type { Reason } from '../../lambdas/core/errors.ts';
import { type Container, MOST_CHILDREN } from '../../lambdas/core/images/containment.ts';
import type { VerdictState } from '../../lambdas/core/images/verdict.ts';
import { type ImageToVerify, type Observation, verifyImage } from '../../lambdas/core/images/verify-image.ts';

/** Everything that one command judges, it judges by one policy. */
const POLICY_HASH = 'command-line';

/**
 * An index that the user names because it may list the image: where the image's own signatures do not suffice, the index is verified by the same policy, and
 * covers the image if it is verified and lists it (`platformImages`).
 */
export class IndexLookup {
  /** Why the index does not help. */
  readonly notes: Reason[] = [];
  readonly ports: Pick<ImageToVerify, 'findContainers' | 'policyHash'>;

  constructor(image: ImageToVerify, index: string) {
    this.ports = { policyHash: POLICY_HASH, findContainers: () => this.#find(image, index) };
  }

  async #find(image: ImageToVerify, index: string): Promise<readonly Container[]> {
    const digest = isDigest(index) ? index : await this.#resolveTag(image, index);
    if (digest === undefined) return [];
    const observation = await verifyImage({ ...image, digest });
    const state = stateOf(observation);
    if (observation.kind !== 'decided') {
      if (observation.kind === 'undecided') this.notes.push(observation.reason);
      if (observation.kind === 'gone') this.#note('index-gone', `There is no index ${digest}.`);
    } else if (observation.children?.slice(0, MOST_CHILDREN).includes(image.digest) !== true) {
      this.#note('not-in-index', `${digest} does not list the image.`);
      return [];
    } else if (state !== 'verified') {
      this.#note('index-not-verified', `The index ${digest}, which lists the image, is ${state}.`);
      this.notes.push(...observation.decision.reasons);
    }
    return [{ digest, state, policyHash: POLICY_HASH }];
  }

  async #resolveTag({ source, limits }: ImageToVerify, tag: string): Promise<Digest | undefined> {
    const [read] = await source.readManifests([{ tag }], limits);
    if (read?.ok) return read.value.digest;
    this.#note('index-unreadable', `The index ${tag} could not be read: ${read?.failure.message ?? 'no answer'}`);
    return undefined;
  }

  #note(code: string, message: string): void {
    this.notes.push({ code, message });
  }
}

function stateOf(observation: Observation): VerdictState {
  switch (observation.kind) {
    case 'decided':
      return observation.decision.verdict;
    case 'undecided':
      return 'error';
    case 'gone':
    case 'ignored':
      return observation.kind;
  }
}
