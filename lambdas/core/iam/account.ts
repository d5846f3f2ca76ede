/** The IAM state of one account, as `GetAccountAuthorizationDetails` answers it or single reads put together. Documents stay text until they are judged. */
export interface AccountIam {
  readonly accountId: string;
  readonly roles: readonly IamRole[];
  readonly users: readonly IamUser[];
  readonly groups: readonly IamGroup[];
  /** Customer managed policies, and those of AWS that are attached. */
  readonly policies: readonly ManagedPolicy[];
}

interface Holder {
  readonly arn: string;
  /** `AROA…`, `AIDA…`, `AGPA…`: another one after a principal was deleted and made again. */
  readonly uniqueId: string;
  readonly name: string;
  readonly path: string;
  readonly inline: readonly InlinePolicy[];
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
}

export interface IamRole extends Holder {
  readonly kind: 'role';
  readonly trust: PolicyText;
  readonly boundary: string | undefined;
  readonly tags: Tags;
  /** ARNs. */
  readonly instanceProfiles: readonly string[];
  /** Seconds; undefined where the answer does not tell. */
  readonly maxSessionSeconds: number | undefined;
}

export interface IamUser extends Holder {
  readonly kind: 'user';
  readonly boundary: string | undefined;
  readonly tags: Tags;
  /** Names. */
  readonly groups: readonly string[];
  /** Absent where the answer does not tell. */
  readonly credentials?: Credentials | undefined;
}

/** By what somebody can act as a user for long: ids, never secrets. What is switched off is not among it. */
export interface Credentials {
  readonly accessKeys: readonly string[];
  /** For the console. */
  readonly password: boolean;
  /** Serial numbers. */
  readonly mfaDevices: readonly string[];
  readonly sshKeys: readonly string[];
  /** For CodeCommit, Keyspaces, Bedrock and the like. */
  readonly serviceCredentials: readonly string[];
  readonly signingCertificates: readonly string[];
}

export interface IamGroup extends Holder {
  readonly kind: 'group';
}

export type IamPrincipal = IamRole | IamUser | IamGroup;

export interface InlinePolicy {
  readonly name: string;
  readonly document: PolicyText;
}

export interface ManagedPolicy {
  readonly arn: string;
  readonly uniqueId: string;
  readonly name: string;
  readonly path: string;
  /** Of the default version. */
  readonly document: PolicyText;
  readonly defaultVersion: string;
  /** Identifiers, the newest first. */
  readonly versions: readonly string[];
  readonly tags: Tags;
}

/** A policy document as JSON text, percent-encoding taken off; hostile until `parsePolicy` has read it. */
export type PolicyText = string;

export type Tags = Readonly<Record<string, string>>;
