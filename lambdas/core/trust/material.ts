import { createPublicKey, type KeyObject } from 'node:crypto';
import { CountersignError, messageOf } from '../errors.ts';
import { parseTrustRoot, type TrustRoot } from '../signature/trust-root.ts';
import type { NotationVerifier, Verifier } from '../signature/verifier.ts';
import type { CompiledStores, CompiledTrust } from './compiled-trust.ts';
import { type Condition, compileCondition } from './condition/condition.ts';
import { createNotationVerifier } from './notation-verifier.ts';
import type { TrustPolicy } from './policy.ts';
import { listLeaves } from './requirement.ts';
import type { NotationSigner } from './signer.ts';

/** The trust policy with its keys and roots parsed once: one verifier for each signer. */
export interface TrustMaterial {
  readonly policy: TrustPolicy;
  readonly verifiers: ReadonlyMap<string, Verifier | NotationVerifier>;
  /** The conditions of the policy by their expression. */
  readonly conditions: ReadonlyMap<string, Condition>;
}

/** Thrown where a root, a key or a reference of the trust policy cannot be used. Nothing is verified with a part of a policy. */
export class TrustMaterialError extends CountersignError<
  'unusable-root' | 'unusable-key' | 'unusable-store' | 'unusable-condition' | 'unknown-signer' | 'unknown-root'
> {}

/**
 * Parses all trusted roots and keys of a compiled trust section. All or nothing: one unusable root or key makes the whole policy unusable,
 * because an `any` would otherwise quietly become stricter and an `atLeast` looser than what was reviewed.
 */
export function loadTrustMaterial(trust: CompiledTrust): TrustMaterial {
  const roots = new Map(Object.entries(trust.roots).map(([name, json]) => [name, loadRoot(name, json)]));
  const verifiers = new Map<string, Verifier | NotationVerifier>();
  for (const [name, signer] of Object.entries(trust.policy.signers)) {
    if ('notation' in signer) {
      verifiers.set(name, loadNotation(name, signer.notation, trust.stores[name]));
    } else if ('keyless' in signer) {
      const { root, transparencyLog, certificateTimestamp } = signer.keyless;
      verifiers.set(name, {
        kind: 'certificate',
        root: findRoot(roots, root, name),
        log: transparencyLog,
        certificateTimestamp,
      });
    } else {
      const key = loadKey(name, trust.keys[name]);
      const root = signer.root === undefined ? undefined : findRoot(roots, signer.root, name);
      verifiers.set(name, { kind: 'key', key, log: signer.transparencyLog, ...(root && { root }) });
    }
  }
  return { policy: trust.policy, verifiers, conditions: compileConditions(trust.policy) };
}

function compileConditions({ images }: TrustPolicy): ReadonlyMap<string, Condition> {
  const leaves = images.flatMap(({ require }) => listLeaves(require));
  const expressions = leaves.flatMap((leaf) => ('attestedBy' in leaf ? (leaf.condition ?? []) : []));
  return new Map([...new Set(expressions)].map((expression) => [expression, loadCondition(expression)]));
}

function loadCondition(expression: string): Condition {
  try {
    return compileCondition(expression);
  } catch (cause) {
    const shown = expression.slice(0, 100);
    throw new TrustMaterialError('unusable-condition', `condition ${shown}: ${messageOf(cause)}`, { cause });
  }
}

function loadRoot(name: string, json: unknown): TrustRoot {
  try {
    return parseTrustRoot(json);
  } catch (cause) {
    throw new TrustMaterialError('unusable-root', `trusted root ${name}: ${messageOf(cause)}`, { cause });
  }
}

function loadNotation(name: string, signer: NotationSigner, stores: CompiledStores | undefined): NotationVerifier {
  try {
    return createNotationVerifier(name, signer, stores ?? {});
  } catch (cause) {
    throw new TrustMaterialError('unusable-store', `signer ${name}: ${messageOf(cause)}`, { cause });
  }
}

function loadKey(name: string, pem: string | undefined): KeyObject {
  if (pem === undefined) throw new TrustMaterialError('unusable-key', `signer ${name}: its public key is missing`);
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new TrustMaterialError('unusable-key', `signer ${name}: not a public key in PEM`, { cause });
  }
}

function findRoot(roots: ReadonlyMap<string, TrustRoot>, root: string, signer: string): TrustRoot {
  const found = roots.get(root);
  if (found === undefined)
    throw new TrustMaterialError('unknown-root', `signer ${signer} names the root ${root}, which is not there`);
  return found;
}
