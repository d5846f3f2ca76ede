/** The name under which AWS Signer's verification plugin is demanded (aws-signer-notation-plugin). */
export const SIGNER_PLUGIN = 'com.amazonaws.signer.notation.plugin';

export const SIGNING_JOB = 'com.amazonaws.signer.signingJob';
export const SIGNING_PROFILE_VERSION = 'com.amazonaws.signer.signingProfileVersion';
export const SIGNING_PROFILE_ALIAS = 'com.amazonaws.signer.signingProfileAlias';

/** The critical attributes that AWS Signer adds and that are processed here. */
export const SIGNER_ATTRIBUTES = [SIGNING_JOB, SIGNING_PROFILE_VERSION, SIGNING_PROFILE_ALIAS] as const;
