import type { LiveState } from '../live-state.ts';
import { isSameDocument } from '../same-document.ts';
import { CANARY_BOUNDARY, CANARY_ROLE, CANARY_TRUST } from './canary-role.ts';

/** What is planted: a policy that gives nothing. */
export const PLANTED = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
});

/** The name of what is planted at a time (Unix milliseconds); another one each time. */
export function namePlanted(at: number): string {
  return `planted-${Math.floor(at / 1000)}`;
}

/**
 * What is planted on the canary now: the name, or null where it waits for one. Undefined for everything else, and for a canary that is anything but what it was made
 * to be: then it is a role like any other, and drift of it is drift.
 */
export function readPlanted(live: LiveState): string | null | undefined {
  if (live.kind !== 'role' || live.name !== CANARY_ROLE) return undefined;
  const { trust, boundary, attached, instanceProfiles, inline } = live;
  const isBounded = boundary?.endsWith(`:iam::aws:policy/${CANARY_BOUNDARY}`) === true;
  if (!isBounded || !isSameDocument(trust, JSON.stringify(CANARY_TRUST))) return undefined;
  const [planted, ...others] = inline;
  if (attached.length > 0 || instanceProfiles.length > 0 || others.length > 0) return undefined;
  if (planted === undefined) return null;
  const isOurs = /^planted-\d{1,12}$/.test(planted.name) && isSameDocument(planted.document, PLANTED);
  return isOurs ? planted.name : undefined;
}
