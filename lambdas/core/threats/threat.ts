/** What a GuardDuty finding is about, told apart by its `resourceType` and never by which details happen to be there: findings about access keys carry details of instances, too. */
export type Subject =
  | {
      readonly kind: 'credential';
      /** `IAMUser`, `AssumedRole`, `Root`, `FederatedUser` or another word of GuardDuty. */
      readonly userType: string;
      /** Of the user or role. */
      readonly userName: string;
      /** Unique id, for a session with its name behind a colon. */
      readonly principalId: string;
      readonly keyId: string;
    }
  | { readonly kind: 'instance'; readonly instanceId: string; readonly profileArn: string | undefined }
  | { readonly kind: 'buckets'; readonly names: readonly string[] }
  | { readonly kind: 'container'; readonly images: readonly string[]; readonly cluster: string | undefined }
  | { readonly kind: 'function'; readonly arn: string }
  | { readonly kind: 'database'; readonly id: string }
  /** A resource type that nothing here knows how to name. */
  | { readonly kind: 'other'; readonly resourceType: string };

/** One GuardDuty finding, as far as anything here uses it (GuardDuty API Reference, Finding). Every text is what an attacker may have chosen. */
export interface Threat {
  /** 32 hex digits; the same for every repeat. */
  readonly id: string;
  /** Under this Id Security Hub holds it. */
  readonly arn: string;
  /** The account that it is about: for the copy of an administrator not the one that got the event. */
  readonly account: string;
  readonly region: string;
  readonly type: string;
  /** 0 to 10. */
  readonly severity: number;
  /** 0 to 100 where GuardDuty tells it. */
  readonly confidence: number | undefined;
  readonly title: string;
  /** How often it was seen. */
  readonly count: number;
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** Unix milliseconds. */
  readonly updatedAt: number;
  readonly isArchived: boolean;
  readonly isSample: boolean;
  readonly subject: Subject;
}
