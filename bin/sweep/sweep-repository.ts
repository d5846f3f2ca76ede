import type { Digest } from '../../lambdas/core/digest.ts';
import { type Container, MOST_CHILDREN } from '../../lambdas/core/images/containment.ts';
import { mapConcurrently } from '../../lambdas/core/images/read-bytes.ts';
import { LIMITS } from '../../lambdas/core/images/source.ts';
import { type ImageToVerify, verifyImage } from '../../lambdas/core/images/verify-image.ts';
import type { NotationPorts } from '../../lambdas/core/images/verify-notation.ts';
import type { TrustMaterial } from '../../lambdas/core/trust/material.ts';
import { toResult } from '../judge/judge-image.ts';
import type { Result } from '../output/result.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Inventory, Listed } from './inventory.ts';

/** Everything that one command judges, it judges by one policy. */
const POLICY_HASH = 'command-line';

/** An image that is not verified by itself. The result is absent where an earlier sweep had it. */
interface Waiting {
  readonly image: Listed;
  readonly result: Result | undefined;
}

export interface SweepOptions {
  /** The name by which trust knows the repository. */
  readonly repository: string;
  readonly material: TrustMaterial;
  readonly notation: NotationPorts;
  readonly clock: () => number;
  readonly concurrency: number;
  readonly checkpoint: Checkpoint;
  /** Takes one image of the budget; false where it is used up. */
  readonly spend: () => boolean;
  /** An image that was judged now. */
  readonly tell: (image: Listed, result: Result) => void;
  /** An image that an earlier sweep has judged. */
  readonly skip: (verdict: Result['verdict']) => void;
}

/**
 * Judges the images of a repository, a page at a time, some at once. An image that is not verified by itself waits until all indexes are known: one that is verified
 * and lists it covers it. Resolves to whether all
 * images were seen. Throws SourceError where they cannot be listed.
 */
export async function sweepRepository(inventory: Inventory, options: SweepOptions): Promise<boolean> {
  const { repository, material, notation, clock, concurrency, checkpoint } = options;
  const indexes = new Map<Digest, Container & { readonly children: readonly Digest[] }>();
  const waiting: Waiting[] = [];
  const seen = new Set<Digest>();
  const describe = (digest: Digest): ImageToVerify => {
    return { source: inventory.source, digest, repository, material, limits: LIMITS, clock, notation };
  };
  const finish = (image: Listed, result: Result) => {
    const { digest } = image;
    const children = result.verdict === 'verified' ? indexes.get(digest)?.children : undefined;
    checkpoint.keep({
      repository: inventory.source.name,
      digest,
      verdict: result.verdict,
      ...(children && { children }),
    });
    options.tell(image, result);
  };

  async function judge(image: Listed): Promise<boolean> {
    const { digest } = image;
    const done = checkpoint.find(inventory.source.name, digest);
    if (done?.waits === true) {
      waiting.push({ image, result: undefined });
      return true;
    }
    if (done !== undefined) {
      if (done.children !== undefined) indexes.set(digest, describeIndex(digest, done.verdict, done.children));
      options.skip(done.verdict);
      return true;
    }
    if (!options.spend()) return false;
    const observation = await verifyImage(describe(digest));
    const result = toResult(observation, digest);
    if (observation.kind === 'decided' && observation.children !== undefined) {
      indexes.set(digest, describeIndex(digest, observation.decision.verdict, observation.children));
    }
    const { verdict } = result;
    if (verdict !== 'unsigned' && verdict !== 'invalid') finish(image, result);
    else {
      waiting.push({ image, result });
      checkpoint.keep({ repository: inventory.source.name, digest, verdict, waits: true });
    }
    return true;
  }

  async function judgeAgain({ image, result }: Waiting): Promise<void> {
    const { digest } = image;
    const containers = [...indexes.values()].filter(({ children }) => children.includes(digest));
    const helps = containers.some(({ state }) => state === 'verified' || state === 'error');
    if (!helps && result !== undefined) return finish(image, result);
    const covered = { ...describe(digest), policyHash: POLICY_HASH, findContainers: async () => containers };
    finish(image, toResult(await verifyImage(covered), digest));
  }

  let complete = true;
  for await (const page of inventory.list()) {
    const fresh = page.filter(({ digest }) => !seen.has(digest));
    for (const { digest } of fresh) seen.add(digest);
    const judged = await mapConcurrently(fresh, concurrency, judge);
    if (judged.includes(false)) {
      complete = false;
      break;
    }
  }
  // Where the budget ended early, an index may be among what was not seen: those images are told by the sweep that goes on.
  const ready = complete ? waiting : [];
  await mapConcurrently(ready, concurrency, async (one) => {
    await judgeAgain(one);
    return true;
  });
  return complete;
}

function describeIndex(digest: Digest, state: Container['state'], children: readonly Digest[]) {
  return { digest, state, policyHash: POLICY_HASH, children: children.slice(0, MOST_CHILDREN) };
}
