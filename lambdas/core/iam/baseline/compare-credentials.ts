import type { Difference } from './compare-states.ts';
import type { StateOf } from './state.ts';

type Credentials = NonNullable<StateOf<'user'>['credentials']>;
type Part = Extract<
  Difference['part'],
  'access-key' | 'ssh-key' | 'service-credential' | 'signing-certificate' | 'password' | 'mfa-device'
>;

const NONE: Credentials = {
  accessKeys: [],
  password: false,
  mfaDevices: [],
  sshKeys: [],
  serviceCredentials: [],
  signingCertificates: [],
};

/**
 * In what the credentials of a user differ. One more is a way in that nobody signed; one less is less access, but for an MFA device, without which a password is
 * enough. `found` is undefined where the source does not tell, as `GetAccountAuthorizationDetails`: then nothing is compared.
 *
 * A baseline that says nothing of credentials covers none: each way in is a difference, of which nobody can say more.
 */
export function compareCredentials(
  desired: Credentials | undefined,
  found: Credentials | undefined,
): readonly Difference[] {
  if (found === undefined) return [];
  const differences = compareAll(desired ?? NONE, found);
  if (desired !== undefined) return differences;
  return differences.flatMap((one): Difference[] => {
    if (one.part === 'mfa-device') return [];
    return [{ ...one, verdict: 'unknown', because: [UNSAID] }];
  });
}

const UNSAID = { code: 'unclear', message: 'the baseline says nothing of credentials' } as const;

function compareAll(desired: Credentials, found: Credentials): readonly Difference[] {
  return [
    ...compareIds('access-key', desired.accessKeys, found.accessKeys),
    ...compareIds('ssh-key', desired.sshKeys, found.sshKeys),
    ...compareIds('service-credential', desired.serviceCredentials, found.serviceCredentials),
    ...compareIds('signing-certificate', desired.signingCertificates, found.signingCertificates),
    ...compareIds('password', desired.password ? [''] : [], found.password ? [''] : []),
    ...compareIds('mfa-device', desired.mfaDevices, found.mfaDevices),
  ];
}

function compareIds(part: Part, desired: readonly string[], found: readonly string[]): readonly Difference[] {
  const [before, after] = [new Set(desired), new Set(found)];
  const entry = (name: string) => ({ part, ...(name !== '' && { name }) });
  const added = found.filter((id) => !before.has(id));
  const removed = desired.filter((id) => !after.has(id));
  const isMfa = part === 'mfa-device';
  return [
    ...added.map((id) => ({ ...entry(id), change: 'added', verdict: isMfa ? 'unknown' : 'wider' }) as const),
    ...removed.map((id) => ({ ...entry(id), change: 'removed', verdict: isMfa ? 'wider' : 'narrower' }) as const),
  ];
}
