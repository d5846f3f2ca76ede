/** The role on which a change is planted. Nobody can assume it, and its boundary takes every right away. */
export const CANARY_ROLE = 'countersign-canary';
export const CANARY_TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }],
} as const;
/** Name of the policy of AWS that bounds it. */
export const CANARY_BOUNDARY = 'AWSDenyAll';
