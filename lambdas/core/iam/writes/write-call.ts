/** Where CloudTrail says the record comes from (CloudTrail User Guide, "record contents": eventSource). */
export type WriteSource =
  | 'iam.amazonaws.com'
  | 'rolesanywhere.amazonaws.com'
  | 'sso.amazonaws.com'
  | 'sso-directory.amazonaws.com'
  | 'identitystore.amazonaws.com'
  | 'account-access.amazonaws.com';

export type WriteFamily =
  | 'inline'
  | 'attachment'
  | 'managed-document'
  | 'trust'
  | 'boundary'
  | 'principal'
  | 'membership'
  | 'instance-profile'
  | 'credential'
  | 'mfa'
  | 'certificate'
  | 'federation'
  | 'roles-anywhere'
  | 'tags'
  | 'account'
  | 'delegation'
  | 'service-linked'
  | 'identity-center'
  | 'directory';

/**
 * What a plan must know before it takes a call back.
 * - `unversioned`: AWS keeps no former text; it comes from the baseline or not at all.
 * - `size-quota`: documents share a quota, so what is too much is deleted before what is missing is put.
 * - `attachment-quota`: 10 (at most 20) for each principal, so detach before attaching.
 * - `five-versions`: the sixth version asks for the deletion of one, and good ones can be pushed out.
 * - `many-principals`: one document acts on everybody to whom it is attached.
 * - `new-unique-id`: what is made again under the old name is somebody else to every policy that names it.
 * - `principal-ids`: a trust policy that names a deleted principal shows its unique id and cannot be put back as it was.
 * - `live-sessions`: credentials that were given out stay good.
 * - `delete-order`: refused (DeleteConflict) until everything that hangs on it is gone.
 * - `quarantine-first`: taking it away destroys evidence and maybe work: it is made harmless first.
 * - `secret-lost`: a secret that was shown once cannot be had again.
 * - `two-keys`: a user has at most two access keys, so a rogue one blocks rotation.
 * - `breaks-federation`: whoever signs in through it is shut out.
 * - `private-key`: the text may hold key material.
 * - `tag-conditions`: changes access only where a policy asks for the tag.
 * - `unmodifiable`: belongs to a service of AWS, which alone may change it.
 * - `cannot-recall`: what left the account stays out.
 * - `asynchronous`: done only when its status says so.
 * - `provision-again`: takes effect in the accounts after `ProvisionPermissionSet`.
 * - `regional`: its events exist in its own region only.
 */
export type Trap =
  | 'unversioned'
  | 'size-quota'
  | 'attachment-quota'
  | 'five-versions'
  | 'many-principals'
  | 'new-unique-id'
  | 'principal-ids'
  | 'live-sessions'
  | 'delete-order'
  | 'quarantine-first'
  | 'secret-lost'
  | 'two-keys'
  | 'breaks-federation'
  | 'private-key'
  | 'tag-conditions'
  | 'unmodifiable'
  | 'cannot-recall'
  | 'asynchronous'
  | 'provision-again'
  | 'regional';

/**
 * How to name one resource that a call changed: templates of its ARN, of which the first counts whose places the record can fill. `{partition}`, `{account}`,
 * `{region}`; `{caller}` is the user who called; `{request.…}` and `{response.…}` are paths into the record. In CloudTrail only the first letter of a member is
 * lower-cased: `{request.sAMLProviderArn}`.
 */
export type ResourceTemplates = readonly string[];

/** The calls that take it back, in order. Names of the same service's API. */
export interface Inverse {
  /** Where what the call changed was there before. Empty: nothing changed, or nothing brings it back. */
  readonly wasThere: readonly string[];
  /** Where it was not. */
  readonly wasNot: readonly string[];
}

/** One call that writes. */
export interface WriteCall {
  readonly eventSource: WriteSource;
  readonly eventName: string;
  readonly family: WriteFamily;
  /** Of each resource that the call changes. */
  readonly resources: readonly ResourceTemplates[];
  readonly inverse: Inverse;
  /** `exact`: everything is as before. `lossy`: access is as before, something else is not (an id, a secret, a date). `none`: access cannot be brought back. */
  readonly reversibility: 'exact' | 'lossy' | 'none';
  readonly traps: readonly Trap[];
}

type Row = Omit<WriteCall, 'eventSource' | 'family' | 'traps' | 'inverse'> & {
  readonly wasThere?: readonly string[];
  readonly wasNot?: readonly string[];
  readonly traps?: readonly Trap[];
};

/** The rows of one family of one service. */
export function listWrites(eventSource: WriteSource, family: WriteFamily, rows: readonly Row[]): readonly WriteCall[] {
  return rows.map(({ wasThere = [], wasNot = [], traps = [], ...row }) => ({
    eventSource,
    family,
    ...row,
    inverse: { wasThere, wasNot },
    traps,
  }));
}

const IAM = 'arn:{partition}:iam::{account}';

/** Names without path, which the calls do not tell: `resources` are keys to read live state by. */
export const ROLE: ResourceTemplates = [`${IAM}:role/{request.roleName}`];
export const USER: ResourceTemplates = [`${IAM}:user/{request.userName}`];
export const GROUP: ResourceTemplates = [`${IAM}:group/{request.groupName}`];
/** Calls about oneself leave the name out. */
export const USER_OR_CALLER: ResourceTemplates = [...USER, '{caller}'];
export const POLICY: ResourceTemplates = ['{request.policyArn}'];
export const INSTANCE_PROFILE: ResourceTemplates = [`${IAM}:instance-profile/{request.instanceProfileName}`];
export const OIDC_PROVIDER: ResourceTemplates = ['{request.openIDConnectProviderArn}'];
export const SAML_PROVIDER: ResourceTemplates = ['{request.sAMLProviderArn}'];
export const SERVER_CERTIFICATE: ResourceTemplates = [`${IAM}:server-certificate/{request.serverCertificateName}`];
/** The serial number of a virtual device is its ARN. */
export const MFA_DEVICE: ResourceTemplates = ['{request.serialNumber}'];
/** Settings of the whole account. */
export const ACCOUNT: ResourceTemplates = [`${IAM}:root`];
