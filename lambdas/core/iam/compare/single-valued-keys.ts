/**
 * Condition keys of which a request has at most one value (IAM User Guide, "AWS global condition context keys", those not marked multivalued, and the keys of
 * role trust and service roles). What an operator without quantifier makes of several values is not documented, so for other keys nothing is claimed that
 * depends on it.
 */
const SINGLE = new Set(
  [
    ...[
      'currenttime',
      'epochtime',
      'federatedprovider',
      'issourceaccount',
      'multifactorauthage',
      'multifactorauthpresent',
    ],
    ...[
      'principalaccount',
      'principalarn',
      'principalisawsservice',
      'principalorgid',
      'principalservicename',
      'principaltype',
    ],
    ...[
      'referer',
      'requestedregion',
      'resourceaccount',
      'resourceorgid',
      'securetransport',
      'sourceaccount',
      'sourcearn',
    ],
    ...[
      'sourceidentity',
      'sourceip',
      'sourceorgid',
      'sourcevpc',
      'sourcevpcarn',
      'sourcevpce',
      'tokenissuetime',
      'useragent',
    ],
    ...[
      'userid',
      'username',
      'viaawsservice',
      'vpcsourceip',
      'calledviafirst',
      'calledvialast',
      'vpceaccount',
      'vpceorgid',
    ],
  ].map((name) => `aws:${name}`),
);
const SERVICE_KEYS = new Set([
  ...[
    'iam:passedtoservice',
    'iam:awsservicename',
    'iam:permissionsboundary',
    'iam:policyarn',
    'iam:associatedresourcearn',
  ],
  ...[
    'sts:externalid',
    'sts:rolesessionname',
    's3:prefix',
    'kms:viaservice',
    'kms:calleraccount',
    'kms:grantisforawsresource',
  ],
]);

/** Whether a request has at most one value of this key (in lower case). */
export function isSingleValued(key: string): boolean {
  return SINGLE.has(key) || SERVICE_KEYS.has(key) || /^aws:(?:principal|resource|request)tag\//.test(key);
}
