import type { ConfigResource } from '../core/controls/config-result.ts';
import type { Arrival } from '../core/controls/take-result.ts';
import type { ConfigEvent } from '../core/events/config-event.ts';

export interface Arriving {
  readonly resource: ConfigResource;
  readonly arrival: Arrival;
  /** Whether Config recorded it so long ago that Security Hub has its finding, if it ever gets one. */
  readonly isSettled: boolean;
}

/**
 * What an event of Config brings; undefined where it is a change that ends nothing. An item that was too large for its event is not fetched from S3: that it is
 * deleted, all that is used of it, stands in its summary, and what a resource is called is asked of Config itself.
 */
export function readArrival(event: ConfigEvent): Arriving | undefined {
  if (event.kind === 'result') {
    const { resource, rule, compliance, at } = event;
    return { resource, arrival: { kind: 'result', rule, compliance, at }, isSettled: false };
  }
  if (!event.isDeleted) return undefined;
  // Items of IAM are `global`, results about them are of the region that records them.
  const resource = { ...event.resource, region: event.toldIn };
  return { resource, arrival: { kind: 'deletion', at: event.at }, isSettled: false };
}
