import * as z from 'zod';

/** What CloudTrail writes where it hides something. */
export const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

const text = z
  .string()
  .max(2048)
  .nullish()
  .transform((value) => (value === null || value === '' || value === HIDDEN ? undefined : value));

/** Who called (CloudTrail User Guide, "userIdentity element"); every part may be missing, most are for a call by a service. */
export const userIdentity = z.object({
  type: z
    .string()
    .max(100)
    .nullish()
    .transform((value) => value ?? 'Unknown'),
  arn: text,
  principalId: text,
  accountId: text,
  accessKeyId: text,
  userName: text,
  invokedBy: text,
  onBehalfOf: z.object({ userId: text, identityStoreArn: text }).nullish(),
  sessionContext: z
    .object({
      sessionIssuer: z.object({ arn: text, principalId: text, type: text }).nullish(),
      sourceIdentity: text,
      webIdFederationData: z.object({ federatedProvider: text }).nullish(),
      attributes: z.object({ mfaAuthenticated: text }).nullish(),
    })
    .nullish(),
});

/**
 * Who is said to have called: evidence for the severity and for the person who decides, never authority. Fields that the record does not have, or hides, are
 * undefined.
 */
export interface Actor {
  /** `IAMUser`, `AssumedRole`, `Root`, `AWSService` … as CloudTrail names it. */
  readonly kind: string;
  /** Of the user, or of the role and not of its session: the name of a session is chosen by whoever assumes the role. */
  readonly arn: string | undefined;
  readonly session: string | undefined;
  readonly account: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly sourceIdentity: string | undefined;
  /** The provider that vouched for a web identity. Its subject stands only in the event of AssumeRoleWithWebIdentity. */
  readonly webIdentityProvider: string | undefined;
  /** The service that called for somebody: it proves that some template or job said so, nothing more. */
  readonly invokedBy: string | undefined;
  /** The user of IAM Identity Center for whom it was done. */
  readonly onBehalfOf: string | undefined;
  readonly mfa: boolean | undefined;
}

/** Takes the evidence out of a `userIdentity`. */
export function readActor(identity: z.output<typeof userIdentity>): Actor {
  const { sessionContext } = identity;
  const issuer = sessionContext?.sessionIssuer?.arn;
  const mfa = sessionContext?.attributes?.mfaAuthenticated;
  return {
    kind: identity.type,
    arn: issuer ?? identity.arn,
    session: issuer === undefined ? undefined : identity.arn,
    account: identity.accountId,
    accessKeyId: identity.accessKeyId,
    sourceIdentity: sessionContext?.sourceIdentity,
    webIdentityProvider: sessionContext?.webIdFederationData?.federatedProvider,
    invokedBy: identity.invokedBy,
    onBehalfOf: identity.onBehalfOf?.userId,
    mfa: mfa === undefined ? undefined : mfa === 'true',
  };
}
