import { messageOf, type Reason } from '../core/errors.ts';

/** Names under which AWS services throttle; the SDK gives some of them the fault of the client. */
const THROTTLED = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|LimitExceededException/;

/**
 * Why AWS refused a call for good, or undefined where another try may succeed: throttled, a fault of the server or of the network. What is denied is refused for
 * good: rights come with a deployment.
 */
export function explainRefusal(thrown: unknown): Reason | undefined {
  if (!(thrown instanceof Error) || !('$fault' in thrown) || thrown.$fault !== 'client') return undefined;
  if (THROTTLED.test(thrown.name)) return undefined;
  return { code: 'refused', message: `${thrown.name}: ${messageOf(thrown).slice(0, 300)}` };
}
