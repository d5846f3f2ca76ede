import * as z from 'zod';
import { type ProvenanceDemand, provenanceDemandSchema } from './provenance/demand.ts';
import { type SummaryDemand, summaryDemandSchema } from './provenance/summary.ts';

/** A name that other parts of the document refer to. */
export const name = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62})$/, 'use 1 to 63 lower-case letters, digits and hyphens');

/** The image itself is signed. */
interface Signature {
  readonly signedBy: string;
}

/** Somebody states something about the image: any predicate by its type, or SLSA provenance or a verification summary by what they say. */
export interface Attestation {
  readonly attestedBy: string;
  readonly predicateType?: string | undefined;
  readonly provenance?: ProvenanceDemand | undefined;
  readonly summary?: SummaryDemand | undefined;
  /** A CEL expression over `predicate` and `predicateType` that must be true. */
  readonly condition?: string | undefined;
}

/** A requirement that names a signer. */
export type Leaf = Signature | Attestation;

/** What an image must have. Leaves name a signer; `all`, `any` and `atLeast` nest up to 8 deep. */
export type Requirement =
  | Leaf
  | { readonly all: readonly Requirement[] }
  | { readonly any: readonly Requirement[] }
  | { readonly atLeast: number; readonly of: readonly Requirement[] };

const attestation = z
  .strictObject({
    attestedBy: name,
    predicateType: z.string().min(1).max(2048).optional(),
    provenance: provenanceDemandSchema.optional(),
    summary: summaryDemandSchema.optional(),
    condition: z.string().min(1).max(4096).optional(),
  })
  .refine(
    ({ predicateType, provenance, summary }) =>
      [predicateType, provenance, summary].filter((one) => one !== undefined).length === 1,
    { message: 'give exactly one of predicateType, provenance and summary' },
  );

export const requirementSchema: z.ZodType<Requirement> = z.lazy(() =>
  z.union([
    z.strictObject({ signedBy: name }),
    attestation,
    z.strictObject({ all: z.array(requirementSchema).min(1).max(32) }),
    z.strictObject({ any: z.array(requirementSchema).min(1).max(32) }),
    z.strictObject({ atLeast: z.number().int().min(1).max(32), of: z.array(requirementSchema).min(1).max(32) }),
  ]),
);

/** The parts of a requirement that is made of others, under the key that holds them. */
export function partsOf(requirement: Exclude<Requirement, Leaf>): {
  readonly key: 'all' | 'any' | 'of';
  readonly parts: readonly Requirement[];
  /** How many parts must be satisfied. */
  readonly wanted: number;
  /** Whether each must be satisfied by somebody else. */
  readonly different: boolean;
} {
  if ('all' in requirement) {
    return { parts: requirement.all, key: 'all', wanted: requirement.all.length, different: false };
  }
  if ('any' in requirement) return { parts: requirement.any, key: 'any', wanted: 1, different: false };
  return { parts: requirement.of, key: 'of', wanted: requirement.atLeast, different: true };
}

export function isLeaf(requirement: Requirement): requirement is Leaf {
  return 'signedBy' in requirement || 'attestedBy' in requirement;
}

/** All leaves of a requirement. */
export function listLeaves(requirement: Requirement): readonly Leaf[] {
  return isLeaf(requirement) ? [requirement] : partsOf(requirement).parts.flatMap(listLeaves);
}
