import * as z from 'zod';

/** What CloudFormation asks of a custom resource (CloudFormation User Guide, "Custom resource request objects"). */
const request = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url({ protocol: /^https$/, hostname: /\.amazonaws\.com(?:\.cn)?$/ }).max(4096),
  StackId: z.string().min(1).max(1024),
  RequestId: z.string().min(1).max(256),
  LogicalResourceId: z.string().min(1).max(256),
  PhysicalResourceId: z.string().min(1).max(1024).optional(),
});
export type CustomResourceRequest = z.infer<typeof request>;

/** Reads a request; undefined for anything else, and for one whose answer would go elsewhere than to AWS. */
export function parseCustomResource(event: unknown): CustomResourceRequest | undefined {
  return request.safeParse(event).data;
}

/** The answer that CloudFormation waits for; `reason` where it could not be done. The physical id stays, so that nothing is ever replaced. */
export function answerCustomResource(
  { StackId, RequestId, LogicalResourceId, PhysicalResourceId }: CustomResourceRequest,
  physicalId: string,
  reason?: string,
): string {
  return JSON.stringify({
    ...{ StackId, RequestId, LogicalResourceId, PhysicalResourceId: PhysicalResourceId ?? physicalId },
    ...(reason === undefined ? { Status: 'SUCCESS' } : { Status: 'FAILED', Reason: reason.slice(0, 1024) }),
  });
}
