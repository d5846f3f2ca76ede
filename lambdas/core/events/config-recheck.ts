import * as z from 'zod';
import type { ConfigResource } from '../controls/config-result.ts';
import type { Arrival } from '../controls/take-result.ts';

const recheck = z.object({
  source: z.literal('countersign'),
  'detail-type': z.literal('Countersign Config Recheck'),
  detail: z.object({
    resource: z.object({
      type: z.string().min(1).max(256),
      id: z.string().min(1).max(768),
      account: z.string(),
      region: z.string(),
    }),
    rule: z.object({ name: z.string().min(1).max(128), arn: z.string().min(1).max(2048) }),
    compliance: z.enum(['COMPLIANT', 'NON_COMPLIANT', 'none']),
    at: z.number().int().positive(),
  }),
});

/** A result that the sweep read in Config itself. */
export interface FoundResult {
  readonly resource: ConfigResource;
  readonly arrival: Arrival & { readonly kind: 'result' };
}

/** The message that hands a found result to the reaction. */
export function writeConfigRecheck({ resource, arrival: { rule, compliance, at } }: FoundResult): string {
  return JSON.stringify({
    source: 'countersign',
    'detail-type': 'Countersign Config Recheck',
    detail: { resource, rule, compliance, at },
  });
}

/** The found result that a message of ours holds; undefined for any other message. */
export function parseConfigRecheck(body: string): FoundResult | undefined {
  try {
    const read = recheck.safeParse(JSON.parse(body)).data?.detail;
    if (read === undefined) return undefined;
    const { resource, rule, compliance, at } = read;
    return { resource, arrival: { kind: 'result', rule, compliance, at } };
  } catch {
    // Not JSON is not ours.
    return undefined;
  }
}
