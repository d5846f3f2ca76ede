import { hash } from 'node:crypto';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

function hashChildren(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer');
}

/** The hash of a leaf (RFC 6962 section 2.1). */
export function hashLeaf(data: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([LEAF, data]), 'buffer');
}

/**
 * The root hash that an inclusion proof leads to (RFC 9162 section 2.1.3.2), or undefined where the proof does not have the shape that index and size demand.
 * Index and size are bigints, since trees outgrow what a number holds exactly.
 */
export function rootFromInclusion(
  leaf: Uint8Array,
  index: bigint,
  size: bigint,
  proof: readonly Uint8Array[],
): Buffer | undefined {
  if (index < 0n || index >= size) return undefined;
  let node = index;
  let last = size - 1n;
  let reached: Buffer = Buffer.from(leaf);
  for (const sibling of proof) {
    if (last === 0n || sibling.length !== 32) return undefined;
    if ((node & 1n) === 1n || node === last) {
      reached = hashChildren(sibling, reached);
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      reached = hashChildren(reached, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? reached : undefined;
}
