import * as z from 'zod';
import { canonicalize } from '../../canonical-json.ts';
import { type Digest, digestOf } from '../../digest.ts';
import { parseIamArn } from '../iam-arn.ts';

/** Entries of one list. Far above every quota of IAM. */
const MOST = 1000;

const arn = z
  .string()
  .max(2048)
  .refine((text) => parseIamArn(text) !== undefined, 'not an ARN of IAM');
const ownArn = (type: 'role' | 'user' | 'group' | 'policy') =>
  arn.refine((text) => {
    const parsed = parseIamArn(text);
    return parsed?.type === type && parsed.account !== 'aws';
  }, `not the ARN of a ${type} of an account`);
const name = z
  .string()
  .max(128)
  .regex(/^[\w+=,.@-]+$/, 'not a name of IAM');
/** A policy document as JSON. What it says is for `comparePolicies` to read. */
const document = z.record(z.string(), z.unknown());
/**
 * The unique id that the holder of the ARN must have. `any` where it was not known when the baseline was made, as from a template: whoever has the ARN is meant,
 * also one that was deleted and made anew.
 */
const uniqueId = z.union([
  z.literal('any'),
  z
    .string()
    .max(128)
    .regex(/^A[A-Z]{3}\w{1,124}$/, 'not a unique id of IAM'),
]);

/** Lists and not objects, since `__proto__` is a valid name in IAM. */
const rights = {
  inline: z.array(z.strictObject({ name, document })).max(MOST),
  attached: z.array(arn).max(MOST),
};
const tags = z.array(z.strictObject({ key: z.string().min(1).max(128), value: z.string().max(256) })).max(MOST);

const ids = z.array(z.string().regex(/^\w{16,128}$/, 'not an id of a credential')).max(MOST);
/** Ids and no secrets; of what can be switched off only what is on. */
const credentials = z.strictObject({
  accessKeys: ids,
  /** For the console. */
  password: z.boolean(),
  /** Serial numbers: ARNs, or what stands on the device. */
  mfaDevices: z.array(z.string().regex(/^[\w+=/:,.@-]{9,256}$/, 'not the serial number of a device')).max(MOST),
  sshKeys: ids,
  serviceCredentials: ids,
  signingCertificates: ids,
});

/**
 * The desired or the found state of one principal or customer managed policy, in the one form in which it is signed: lists sorted and without repetition. Policies
 * of AWS are named by their ARN and never held, since AWS edits them. Of tags only those that some policy asks for.
 */
export const baselineStateSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('role'),
    arn: ownArn('role'),
    uniqueId,
    trust: document,
    ...rights,
    boundary: arn.optional(),
    tags,
    instanceProfiles: z.array(arn).max(MOST),
    /** Seconds. Absent: whatever it is. */
    maxSessionSeconds: z.int().min(3600).max(43_200).optional(),
  }),
  z.strictObject({
    kind: z.literal('user'),
    arn: ownArn('user'),
    uniqueId,
    ...rights,
    boundary: arn.optional(),
    tags,
    /** Names. */
    groups: z.array(name).max(MOST),
    /** Absent in what is desired: covers no credential, and says of none that it should go. Absent in what was found: not known. */
    credentials: credentials.optional(),
  }),
  z.strictObject({ kind: z.literal('group'), arn: ownArn('group'), uniqueId, ...rights }),
  z.strictObject({ kind: z.literal('policy'), arn: ownArn('policy'), uniqueId, document }),
]);

export type BaselineState = z.output<typeof baselineStateSchema>;
export type StateOf<Kind extends BaselineState['kind']> = Extract<BaselineState, { kind: Kind }>;

/** What a statement about the state names as its subject: the digest of its canonical JSON (RFC 8785). */
export function digestState(state: BaselineState): Digest {
  return digestOf(canonicalize(state));
}

/** Sorts the lists of a state and drops what is there twice, so that the same state has the same digest. The order within documents stays. */
export function normalizeState(state: BaselineState): BaselineState {
  switch (state.kind) {
    case 'role':
      return {
        ...state,
        ...sortRights(state),
        tags: sortTags(state.tags),
        instanceProfiles: sortTexts(state.instanceProfiles),
      };
    case 'user':
      return {
        ...state,
        ...sortRights(state),
        tags: sortTags(state.tags),
        groups: sortTexts(state.groups),
        ...(state.credentials !== undefined && { credentials: sortCredentials(state.credentials) }),
      };
    case 'group':
      return { ...state, ...sortRights(state) };
    case 'policy':
      return state;
  }
}

function sortRights({ inline, attached }: Pick<StateOf<'group'>, 'inline' | 'attached'>) {
  return { inline: inline.toSorted((a, b) => compareTexts(a.name, b.name)), attached: sortTexts(attached) };
}

function sortCredentials(held: z.output<typeof credentials>): z.output<typeof credentials> {
  return {
    accessKeys: sortTexts(held.accessKeys),
    password: held.password,
    mfaDevices: sortTexts(held.mfaDevices),
    sshKeys: sortTexts(held.sshKeys),
    serviceCredentials: sortTexts(held.serviceCredentials),
    signingCertificates: sortTexts(held.signingCertificates),
  };
}

function sortTags(tags: StateOf<'user'>['tags']): StateOf<'user'>['tags'] {
  return tags.toSorted((a, b) => compareTexts(a.key, b.key));
}

function sortTexts(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted(compareTexts);
}

/** By UTF-16 units: the same everywhere, whatever the locale. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
