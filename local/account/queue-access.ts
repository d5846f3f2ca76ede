import { z } from 'zod';
import { allowsServiceCall, type ResourcePolicy, resourcePolicy, type ServiceCall } from './resource-policy.ts';
import type { Queue } from './sqs-queue.ts';
import type { Template } from './template.ts';

const queuePolicyForm = z.object({ Queues: z.array(z.string()), PolicyDocument: resourcePolicy });
const keyForm = z.object({ KeyPolicy: resourcePolicy });
const encryptedQueueForm = z.object({ KmsMasterKeyId: z.string().optional() });

export interface QueueAccess {
  readonly policies: ResourcePolicy[];
  /** The customer managed key that encrypts the queue, if one does. */
  readonly key: { readonly arn: string; readonly policy: ResourcePolicy } | undefined;
}

/** Who may send to which queue, by queue URL. */
export function readQueueAccess(template: Template): ReadonlyMap<string, QueueAccess> {
  const keys = template.ofType('AWS::KMS::Key').map((resource) => ({
    logicalId: resource.logicalId,
    arn: template.attributeOf(resource, 'Arn'),
    policy: template.read(resource, keyForm).KeyPolicy,
  }));
  const access = new Map<string, QueueAccess>();
  for (const resource of template.ofType('AWS::SQS::Queue')) {
    const { KmsMasterKeyId } = template.read(resource, encryptedQueueForm);
    const key = keys.find(({ arn, logicalId }) => KmsMasterKeyId === arn || KmsMasterKeyId === logicalId);
    access.set(template.refOf(resource), { policies: [], key });
  }
  for (const resource of template.ofType('AWS::SQS::QueuePolicy')) {
    const { Queues, PolicyDocument } = template.read(resource, queuePolicyForm);
    for (const url of Queues) access.get(url)?.policies.push(PolicyDocument);
  }
  return access;
}

/** Why a service may not send to a queue: its policy, or that of the key that encrypts it. Undefined if it may. */
export function refusalToSend(
  queue: Queue,
  access: QueueAccess | undefined,
  sender: Pick<ServiceCall, 'service' | 'sourceArn' | 'sourceAccount'>,
): string | undefined {
  const { service, sourceArn } = sender;
  if (!allowsServiceCall(access?.policies ?? [], { ...sender, action: 'sqs:SendMessage', resource: queue.arn })) {
    return `the policy of queue ${queue.name} does not let ${service} send for ${sourceArn}`;
  }
  const missing = ['kms:GenerateDataKey', 'kms:Decrypt'].find(
    (action) => access?.key && !allowsServiceCall([access.key.policy], { ...sender, action, resource: access.key.arn }),
  );
  return missing && `the policy of the key of queue ${queue.name} does not give ${service} ${missing}`;
}
