import { runSimulation } from '@cloud-copilot/iam-simulate';
import { z } from 'zod';
import type { RecordedCall } from './recorded-calls.ts';
import {
  findFunction,
  type Place,
  readTemplate,
  resolveText,
  resolveValue,
  resourcesOf,
  type Template,
} from './template.ts';

/** A right that must not exist: `{ action: 'ecr:PutImage', resource: 'arn:...' }`. */
export interface DeniedCall {
  readonly action: string;
  readonly resource: string;
  /** Partition key of the DynamoDB item. */
  readonly leadingKey?: string;
  /** Of the keys that are listed in S3. */
  readonly prefix?: string;
}

export interface Proof {
  /** Each recorded call that the role does not allow. Empty when all is well. */
  readonly missing: readonly string[];
  /** Each call of the deny-list that the role allows. Empty when all is well. */
  readonly excessive: readonly string[];
  /** Actions that the role allows and that no recorded call used. */
  readonly unused: readonly string[];
}

const statements = z.array(
  z.object({ Effect: z.string(), Action: z.union([z.string(), z.array(z.string())]) }).loose(),
);
const policyDocument = z.object({ Version: z.string(), Statement: statements });

/**
 * Simulates what IAM would say to the role of a deployed function, from the policies in the synthesized template and nothing else.
 * A call on an encrypted queue or table asks for the key as well, through that service.
 */
export async function proveLeastPrivilege(
  template: unknown,
  functionName: string,
  recorded: readonly RecordedCall[],
  denied: readonly DeniedCall[],
  place: Place,
): Promise<Proof> {
  const parsed = readTemplate(template);
  const role = new SimulatedRole(parsed, functionName, place);
  const needed = recorded.flatMap((call) => [call, ...keyUseFor(parsed, call, place)]);
  const missing: string[] = [];
  for (const call of needed) if (!(await role.allows(call))) missing.push(describe(call));
  const excessive: string[] = [];
  for (const call of denied) if (await role.allows(call)) excessive.push(describe(call));
  const used = new Set(needed.map((call) => call.action));
  return { missing, excessive, unused: role.actions().filter((action) => !used.has(action)) };
}

/** The role of one function, its policies resolved. */
class SimulatedRole {
  private readonly policies: readonly { readonly name: string; readonly policy: z.infer<typeof policyDocument> }[];
  private readonly keyPolicy: unknown;
  private readonly arn: string;
  private readonly account: string;

  constructor(template: Template, functionName: string, place: Place) {
    const [, lambda] = findFunction(template, functionName);
    this.arn = resolveText(template, lambda.Properties.Role, place);
    this.account = place.account;
    const roleName = this.arn.split('/').at(-1);
    // What does not fit into the inline policy the CDK moves to a managed one.
    const policies = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) => resourcesOf(template, type));
    const attached = policies.filter(([, policy]) =>
      z
        .array(z.string())
        .parse(resolveValue(template, policy.Properties.Roles, place))
        .includes(roleName ?? ''),
    );
    this.policies = attached.map(([name, policy]) => ({
      name,
      policy: policyDocument.parse(resolveValue(template, policy.Properties.PolicyDocument, place)),
    }));
    const [key] = resourcesOf(template, 'AWS::KMS::Key');
    this.keyPolicy = key === undefined ? undefined : resolveValue(template, key[1].Properties.KeyPolicy, place);
  }

  actions(): string[] {
    return [
      ...new Set(this.policies.flatMap(({ policy }) => policy.Statement.flatMap((statement) => statement.Action))),
    ];
  }

  async allows(call: DeniedCall & { readonly viaService?: string }): Promise<boolean> {
    const result = await runSimulation(
      {
        request: {
          principal: this.arn,
          action: call.action,
          resource: { resource: call.resource, accountId: this.account },
          contextVariables: {
            ...(call.viaService !== undefined && { 'kms:ViaService': call.viaService }),
            ...(call.prefix !== undefined && { 's3:prefix': call.prefix }),
            ...(call.action.startsWith('dynamodb:') && { 'dynamodb:LeadingKeys': [call.leadingKey ?? 'an image'] }),
          },
        },
        identityPolicies: [...this.policies],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy: call.action.startsWith('kms:') ? this.keyPolicy : undefined,
      },
      {},
    );
    if (result.resultType === 'error')
      throw new Error(`cannot simulate ${describe(call)}: ${JSON.stringify(result.errors)}`);
    return result.overallResult === 'Allowed';
  }
}

/** SQS and DynamoDB use the key on behalf of their caller (SQS developer guide "Key management"; DynamoDB developer guide "Encryption at rest"). */
function keyUseFor(template: Template, call: RecordedCall, place: Place): (DeniedCall & { viaService: string })[] {
  const encrypted = [
    ...resourcesOf(template, 'AWS::SQS::Queue'),
    ...resourcesOf(template, 'AWS::DynamoDB::Table'),
  ].find(([id]) => resolveText(template, { 'Fn::GetAtt': [id, 'Arn'] }, place) === call.resource);
  if (encrypted === undefined) return [];
  const { Properties } = encrypted[1];
  const sse = z.object({ KMSMasterKeyId: z.unknown() }).optional().parse(Properties.SSESpecification);
  const key = Properties.KmsMasterKeyId ?? sse?.KMSMasterKeyId;
  if (key === undefined) return [];
  const [service = ''] = call.action.split(':');
  const actions = call.action === 'sqs:SendMessage' ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'];
  return actions.map((action) => ({
    action,
    resource: resolveText(template, key, place),
    viaService: `${service}.${place.region}.amazonaws.com`,
  }));
}

function describe({ action, resource }: DeniedCall): string {
  return `${action} on ${resource}`;
}
