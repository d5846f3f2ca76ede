import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashLeaf, rootFromInclusion } from '../../../lambdas/core/signature/merkle.ts';
import * as tree from '../../../local/sigstore/merkle.ts';

const leaves = (count: number) => Array.from({ length: count }, (_, index) => tree.hashLeaf(Buffer.from([index, 7])));

describe('rootFromInclusion', () => {
  it('leads every leaf of every tree up to 40 leaves to its root', () => {
    for (let size = 1; size <= 40; size += 1) {
      const all = leaves(size);
      const root = tree.rootOf(all);
      for (const [index, leaf] of all.entries()) {
        const proof = tree.proveInclusion(all, index);
        expect(rootFromInclusion(leaf, BigInt(index), BigInt(size), proof)?.equals(root)).toBe(true);
      }
    }
  });

  it('leads nothing else there: another leaf, place, size, order or length of proof', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 64 }), fc.nat(), fc.nat(), (size, at, other) => {
        const all = leaves(size);
        const root = tree.rootOf(all);
        const index = at % size;
        const elsewhere = other % size;
        const leaf = all[index] ?? Buffer.alloc(32);
        const proof = tree.proveInclusion(all, index);
        const leads = (hash: Uint8Array, place: number, of: number, path: readonly Buffer[]) =>
          rootFromInclusion(hash, BigInt(place), BigInt(of), path)?.equals(root) === true;

        expect(leads(hashLeaf(Buffer.from('another')), index, size, proof)).toBe(false);
        if (elsewhere !== index) expect(leads(leaf, elsewhere, size, proof)).toBe(false);
        expect(leads(leaf, index, size, proof.slice(1))).toBe(false);
        expect(leads(leaf, index, size, [...proof, root])).toBe(false);
        expect(leads(leaf, index, size * 2 + 1, proof)).toBe(false);
        if (proof.length > 1) expect(leads(leaf, index, size, proof.toReversed())).toBe(false);
      }),
    );
  });

  it('has no root for places outside the tree, hashes of another length, or a tree of nothing', () => {
    const [leaf = Buffer.alloc(0)] = leaves(1);

    expect(rootFromInclusion(leaf, 1n, 1n, [])).toBeUndefined();
    expect(rootFromInclusion(leaf, -1n, 1n, [])).toBeUndefined();
    expect(rootFromInclusion(leaf, 0n, 0n, [])).toBeUndefined();
    expect(rootFromInclusion(leaf, 0n, 2n, [Buffer.alloc(31)])).toBeUndefined();
  });

  it('keeps a leaf from passing for an inner node', () => {
    const [left, right] = leaves(2);
    const inner = Buffer.concat([left ?? Buffer.alloc(0), right ?? Buffer.alloc(0)]);

    expect(hashLeaf(inner).equals(tree.rootOf(leaves(2)))).toBe(false);
  });
});
