import { type Digest, isDigest } from '../digest.ts';
import type { Origin } from '../signature/candidate.ts';
import type { SearchBudget } from './search-budget.ts';
import type { SignatureManifest } from './signature-manifest.ts';
import type { Read, ReferrerListing } from './source.ts';

/**
 * The digests of all referrers, each once and with where it was found: from the API's listing and from the index under the fallback tag (OCI
 * distribution-spec, "Referrers Tag Schema"). Both are read, always: a registry may have gained its API after the index was written. A listing
 * that was not answered, in whatever way but "there is none", may hide a signature.
 */
export function uniteReferrers(
  subject: Digest,
  listing: Read<ReferrerListing>,
  fallback: SignatureManifest | undefined,
  budget: SearchBudget,
): ReadonlyMap<Digest, Origin> {
  const united = new Map<Digest, Origin>();
  for (const digest of takeListed(listing, budget)) united.set(digest, { kind: 'referrer', manifest: digest });
  for (const digest of takeFallback(fallback, budget)) {
    if (united.has(digest)) continue;
    const tag = fallback?.origin.tag;
    united.set(digest, { kind: 'fallback-tag', manifest: digest, ...(tag === undefined ? {} : { tag }) });
  }
  united.delete(subject);
  const most = budget.limits.referrers;
  if (united.size <= most) return united;
  budget.reachBound('referrers', `reading ${united.size} referrers`);
  return new Map([...united].slice(0, most));
}

function takeListed(listing: Read<ReferrerListing>, budget: SearchBudget): Digest[] {
  if (!listing.ok) {
    if (listing.failure.code === 'not-found') return [];
    budget.addFailure('referrers', listing.failure);
    const { code, message } = listing.failure;
    budget.hide({ code: `referrers-${code}`, message, lasting: false });
    return [];
  }
  const { referrers, truncatedBy, unusable } = listing.value;
  if (truncatedBy !== undefined) budget.reachBound(truncatedBy, 'listing the referrers');
  if (unusable) budget.addProblem('unsupported-digest', `${unusable} referrers are not listed by a sha256 digest`);
  return referrers.map((referrer) => referrer.digest);
}

function takeFallback(fallback: SignatureManifest | undefined, budget: SearchBudget): Digest[] {
  if (fallback === undefined) return [];
  const { manifest, origin } = fallback;
  if (manifest.kind !== 'index') {
    budget.addProblem('malformed-manifest', 'the fallback tag does not point to an index', origin);
    return [];
  }
  const usable = manifest.manifests.map((entry) => entry.digest).filter(isDigest);
  const unusable = manifest.manifests.length - usable.length;
  if (unusable > 0) {
    budget.addProblem('unsupported-digest', `${unusable} referrers are not listed by a sha256 digest`, origin);
  }
  return usable;
}
