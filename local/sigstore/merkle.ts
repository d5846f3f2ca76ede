import { createHash } from 'node:crypto';

/** Hashes of a Merkle tree as RFC 6962 section 2.1 builds it, over leaf hashes kept in memory. */

export function hashLeaf(entry: Uint8Array): Buffer {
  return createHash('sha256')
    .update(Buffer.from([0]))
    .update(entry)
    .digest();
}

function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256')
    .update(Buffer.from([1]))
    .update(left)
    .update(right)
    .digest();
}

/** The root hash over at least one leaf hash. */
export function rootOf(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return createHash('sha256').digest();
  if (leaves.length === 1) return only;
  const split = splitPoint(leaves.length);
  return hashNode(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/** The audit path of the leaf at `index`, from the leaf's sibling upwards. */
export function proveInclusion(leaves: readonly Buffer[], index: number): Buffer[] {
  if (leaves.length <= 1) return [];
  const split = splitPoint(leaves.length);
  return index < split
    ? [...proveInclusion(leaves.slice(0, split), index), rootOf(leaves.slice(split))]
    : [...proveInclusion(leaves.slice(split), index - split), rootOf(leaves.slice(0, split))];
}

/** The largest power of two smaller than `size`. */
function splitPoint(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}
