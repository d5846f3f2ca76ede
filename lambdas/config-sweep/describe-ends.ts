import { listResults } from '../aws/config-rules.ts';
import type { Clients } from '../aws/wiring.ts';
import type { ToldFault } from '../core/controls/compare-results.ts';
import type { FoundResult } from '../core/events/config-recheck.ts';

/** How faults came to their end: the resource is compliant, or there is no result about it any more. Each rule is asked once. */
export async function describeEnds(
  client: Clients['awsConfig'],
  over: readonly ToldFault[],
  at: number,
): Promise<readonly FoundResult[]> {
  const names = new Set(over.map(({ rule }) => rule.name));
  const compliant = new Set<string>();
  for (const name of names) {
    for (const { type, id } of await listResults(client, name, ['COMPLIANT'])) compliant.add(`${name}\n${type}\n${id}`);
  }
  return over.map(({ rule, resource }) => {
    const isCompliant = compliant.has(`${rule.name}\n${resource.type}\n${resource.id}`);
    return { resource, arrival: { kind: 'result', rule, compliance: isCompliant ? 'COMPLIANT' : 'none', at } };
  });
}
