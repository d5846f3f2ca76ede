import { NotationError } from '../errors.ts';
import { parseSignerArn, type SignerArn } from './arn.ts';
import { SIGNING_JOB, SIGNING_PROFILE_ALIAS, SIGNING_PROFILE_VERSION } from './attributes.ts';

/** What AWS Signer says of a signing in the signed attributes. */
export interface SignerSigning {
  readonly profileVersion: SignerArn;
  readonly job: SignerArn;
  readonly alias: SignerArn | undefined;
}

/** Reads AWS Signer's critical attributes. All ARNs must be of one partition and region. Throws `bad-header` or `missing-critical-header`. */
export function readSignerSigning(extended: ReadonlyMap<string, unknown>): SignerSigning {
  const profileVersion = readArn(extended, SIGNING_PROFILE_VERSION);
  const job = readArn(extended, SIGNING_JOB);
  const alias = extended.has(SIGNING_PROFILE_ALIAS) ? readArn(extended, SIGNING_PROFILE_ALIAS) : undefined;
  if (profileVersion.resource.kind !== 'profile' || profileVersion.resource.version === undefined) {
    throw bad(`${SIGNING_PROFILE_VERSION} is not the ARN of a profile version`);
  }
  if (job.resource.kind !== 'job') throw bad(`${SIGNING_JOB} is not the ARN of a signing job`);
  if (alias !== undefined && alias.resource.kind !== 'alias') throw bad('the alias is not the ARN of an alias');
  for (const other of [job, alias]) {
    if (
      other !== undefined &&
      (other.partition !== profileVersion.partition || other.region !== profileVersion.region)
    ) {
      throw bad('its ARNs are of different regions');
    }
  }
  return { profileVersion, job, alias };
}

function readArn(extended: ReadonlyMap<string, unknown>, name: string): SignerArn {
  const value = extended.get(name);
  if (value === undefined) throw new NotationError('missing-critical-header', `${name} is missing or not critical`);
  const arn = typeof value === 'string' ? parseSignerArn(value) : undefined;
  if (arn === undefined) throw bad(`${name} is not an ARN of AWS Signer`);
  return arn;
}

/** Whether a trusted identity names the signing: the profile (any version), one version of it, or the alias it was signed through. Letter by letter. */
export function isSignedAs(identity: SignerArn, { profileVersion, alias }: SignerSigning): boolean {
  const { resource } = identity;
  if (resource.kind === 'job') return false;
  if (resource.kind === 'alias') return alias?.text === identity.text;
  if (resource.version !== undefined) return profileVersion.text === identity.text;
  return profileVersion.text.slice(0, profileVersion.text.lastIndexOf('/')) === identity.text;
}

function bad(message: string): NotationError {
  return new NotationError('bad-header', message);
}
