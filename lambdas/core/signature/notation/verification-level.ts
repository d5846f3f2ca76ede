/** The five validations of a signature (trust-store-trust-policy.md, Signature Verification details). */
export type ValidationType = 'integrity' | 'authenticity' | 'authenticTimestamp' | 'expiry' | 'revocation';

/** What a failed validation does: `enforce` refuses the signature, `log` is only recorded, `skip` is not even tried. */
export type ValidationAction = 'enforce' | 'log' | 'skip';

export type LevelName = 'strict' | 'permissive' | 'audit';

export type Enforcement = Readonly<Record<ValidationType, ValidationAction>>;

/** What each level does, as the specification's table has it. `skip` is no level here: it means that no signature is looked at. */
const LEVELS: Readonly<Record<LevelName, Enforcement>> = {
  strict: {
    integrity: 'enforce',
    authenticity: 'enforce',
    authenticTimestamp: 'enforce',
    expiry: 'enforce',
    revocation: 'enforce',
  },
  permissive: {
    integrity: 'enforce',
    authenticity: 'enforce',
    authenticTimestamp: 'log',
    expiry: 'log',
    revocation: 'log',
  },
  audit: {
    integrity: 'enforce',
    authenticity: 'log',
    authenticTimestamp: 'log',
    expiry: 'log',
    revocation: 'log',
  },
};

/** Changes to a level. Integrity is not among them, and only revocation can be skipped: other values are unwritable. */
export interface Override {
  readonly authenticity?: 'enforce' | 'log' | undefined;
  readonly authenticTimestamp?: 'enforce' | 'log' | undefined;
  readonly expiry?: 'enforce' | 'log' | undefined;
  readonly revocation?: ValidationAction | undefined;
}

/** What a level does with its overrides. */
export function resolveLevel(level: LevelName, override: Override = {}): Enforcement {
  const base = LEVELS[level];
  return {
    integrity: 'enforce',
    authenticity: override.authenticity ?? base.authenticity,
    authenticTimestamp: override.authenticTimestamp ?? base.authenticTimestamp,
    expiry: override.expiry ?? base.expiry,
    revocation: override.revocation ?? base.revocation,
  };
}
