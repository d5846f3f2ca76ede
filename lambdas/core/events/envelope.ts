import * as z from 'zod';
import { accountId, regionName } from '../aws-names.ts';
import { isDigest } from '../digest.ts';

export const digest = z.string().refine(isDigest, 'not sha256: and 64 lower-case hex digits');
/** OCI distribution spec, tags. */
export const tag = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'not a tag');

/** The envelope of every EventBridge event, strict in what is used (EventBridge User Guide, event structure). */
export const envelope = z.object({
  id: z.string().min(1).max(128),
  source: z.string().min(1).max(256),
  'detail-type': z.string().min(1).max(256),
  account: accountId,
  region: regionName,
  time: z.iso.datetime({ offset: true }),
  detail: z.unknown(),
});
export type Envelope = z.infer<typeof envelope>;
