import * as z from 'zod';

const recheck = z.object({
  source: z.literal('countersign'),
  'detail-type': z.literal('Countersign IAM Recheck'),
  detail: z.object({ resource: z.string().min(1).max(2048) }),
});

/** The message that asks for a principal or policy to be looked at again. */
export function writeIamRecheck(resource: string): string {
  return JSON.stringify({
    source: 'countersign',
    'detail-type': 'Countersign IAM Recheck',
    detail: { resource },
  });
}

/** The resource that a message of ours asks for; undefined for any other message. */
export function parseIamRecheck(body: string): string | undefined {
  try {
    return recheck.safeParse(JSON.parse(body)).data?.detail.resource;
  } catch {
    // Not JSON is not ours.
    return undefined;
  }
}
