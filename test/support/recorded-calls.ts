import { AsyncLocalStorage } from 'node:async_hooks';
import { z } from 'zod';

/** One right that one SDK call asked for. */
export interface RecordedCall {
  /** Name of the SDK command: `SendMessageBatchCommand`. */
  readonly command: string;
  /** IAM action: `sqs:SendMessage`. */
  readonly action: string;
  readonly resource: string;
  /** Partition key of the item, where it is in the rows of trusted roots; other keys are images and make no difference to any role. */
  readonly leadingKey?: string;
  /** Of the keys that are listed in S3. */
  readonly prefix?: string;
}

/** The part of an SDK v3 client (or document client) that the recorder needs. */
export interface RecordableClient {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: { input: object }) => Promise<unknown>,
        context: { commandName?: string },
      ) => (args: { input: object }) => Promise<unknown>,
      options: { step: 'initialize'; name: string; priority: 'high'; override: boolean },
    ): void;
  };
}

const repositoryInput = z.object({ repositoryName: z.string() });
const queueInput = z.object({ QueueUrl: z.string() });
const tableInput = z.object({ TableName: z.string() });

const groupInput = z.object({ GroupId: z.string() });
const keyInput = z.object({ KeyId: z.string() });

type Place = { readonly account: string; readonly region: string };
type Mapping = (
  input: object,
  at: (service: string, resource: string) => string,
) => { action: string; resources: readonly string[]; leadingKey?: string | undefined; prefix?: string };

const onRepository =
  (action: string): Mapping =>
  (input, at) => ({ action, resources: [at('ecr', `repository/${repositoryInput.parse(input).repositoryName}`)] });
const onQueue =
  (action: string): Mapping =>
  (input, at) => ({ action, resources: [at('sqs', lastSegment(queueInput.parse(input).QueueUrl))] });
const onBucket =
  (action: string): Mapping =>
  (input) => ({ action, resources: [`arn:aws:s3:::${z.object({ Bucket: z.string() }).parse(input).Bucket}`] });
const onGroup =
  (action: string): Mapping =>
  (input, at) => ({ action, resources: [at('ec2', `security-group/${groupInput.parse(input).GroupId}`)] });
const onKey =
  (action: string): Mapping =>
  (input, at) => ({ action, resources: [at('kms', `key/${keyInput.parse(input).KeyId.split('/').at(-1)}`)] });
const onTrail =
  (action: string): Mapping =>
  (input) => ({ action, resources: [z.object({ Name: z.string() }).parse(input).Name] });
const onSnapshot =
  (action: string): Mapping =>
  (input) => {
    const { SnapshotId } = z.object({ SnapshotId: z.string() }).parse(input);
    return { action, resources: [`arn:aws:ec2:eu-west-1::snapshot/${SnapshotId}`] };
  };
const onAll =
  (action: string): Mapping =>
  () => ({ action, resources: ['*'] });
const onTable =
  (action: string): Mapping =>
  (input, at) => ({
    action,
    resources: [at('dynamodb', `table/${tableInput.parse(input).TableName}`)],
    leadingKey: findRootKey(input),
  });

/**
 * What each SDK command asks IAM for (Service Authorization Reference of the service). A command that is not here makes the test fail that
 * records it: whoever uses a new command says here what right it needs.
 */
const mappings: Readonly<Record<string, Mapping>> = {
  BatchGetImageCommand: onRepository('ecr:BatchGetImage'),
  // Asks for ecr:BatchGetImage: ECR API reference, ListImageReferrers.
  ListImageReferrersCommand: onRepository('ecr:BatchGetImage'),
  GetDownloadUrlForLayerCommand: onRepository('ecr:GetDownloadUrlForLayer'),
  DescribeImagesCommand: onRepository('ecr:DescribeImages'),
  ListImagesCommand: onRepository('ecr:ListImages'),
  PutImageCommand: onRepository('ecr:PutImage'),
  BatchDeleteImageCommand: onRepository('ecr:BatchDeleteImage'),
  UpdateImageStorageClassCommand: onRepository('ecr:UpdateImageStorageClass'),
  GetParameterCommand: (input, at) => ({
    action: 'ssm:GetParameter',
    resources: [at('ssm', `parameter${z.object({ Name: z.string() }).parse(input).Name}`)],
  }),
  BatchGetResourceConfigCommand: () => ({ action: 'config:BatchGetResourceConfig', resources: ['*'] }),
  ListDiscoveredResourcesCommand: () => ({ action: 'config:ListDiscoveredResources', resources: ['*'] }),
  DescribeConfigRulesCommand: () => ({ action: 'config:DescribeConfigRules', resources: ['*'] }),
  PutEvaluationsCommand: () => ({ action: 'config:PutEvaluations', resources: ['*'] }),
  GetComplianceDetailsByConfigRuleCommand: (_input, at) => ({
    action: 'config:GetComplianceDetailsByConfigRule',
    resources: [at('config', 'config-rule/config-rule-abcdef')],
  }),
  GetAccountAuthorizationDetailsCommand: () => ({ action: 'iam:GetAccountAuthorizationDetails', resources: ['*'] }),
  GenerateCredentialReportCommand: () => ({ action: 'iam:GenerateCredentialReport', resources: ['*'] }),
  GetCredentialReportCommand: () => ({ action: 'iam:GetCredentialReport', resources: ['*'] }),
  // Without a resource level, or asked for everything (Service Authorization Reference, Amazon ECS and AWS Lambda).
  ListClustersCommand: () => ({ action: 'ecs:ListClusters', resources: ['*'] }),
  ListTasksCommand: (input, at) => ({
    action: 'ecs:ListTasks',
    resources: [
      at('ecs', `container-instance/${z.object({ cluster: z.string() }).parse(input).cluster.split('/').at(-1)}/x`),
    ],
  }),
  DescribeTasksCommand: (input) => ({
    action: 'ecs:DescribeTasks',
    resources: z.object({ tasks: z.array(z.string()) }).parse(input).tasks,
  }),
  ListFunctionsCommand: () => ({ action: 'lambda:ListFunctions', resources: ['*'] }),
  GetFunctionCommand: (input) => ({
    action: 'lambda:GetFunction',
    resources: [z.object({ FunctionName: z.string() }).parse(input).FunctionName],
  }),
  DescribeRepositoriesCommand: (input, at) => {
    const { repositoryNames } = z.object({ repositoryNames: z.array(z.string()).default(['*']) }).parse(input);
    return {
      action: 'ecr:DescribeRepositories',
      resources: repositoryNames.map((name) => at('ecr', `repository/${name}`)),
    };
  },
  GetObjectCommand: (input) => {
    const { Bucket, Key } = z.object({ Bucket: z.string(), Key: z.string() }).parse(input);
    return { action: 's3:GetObject', resources: [`arn:aws:s3:::${Bucket}/${Key}`] };
  },
  ListObjectsV2Command: (input) => {
    const { Bucket, Prefix } = z.object({ Bucket: z.string(), Prefix: z.string() }).parse(input);
    return { action: 's3:ListBucket', resources: [`arn:aws:s3:::${Bucket}`], prefix: Prefix };
  },
  GetPublicAccessBlockCommand: onBucket('s3:GetBucketPublicAccessBlock'),
  PutPublicAccessBlockCommand: onBucket('s3:PutBucketPublicAccessBlock'),
  DeletePublicAccessBlockCommand: onBucket('s3:PutBucketPublicAccessBlock'),
  GetBucketPolicyCommand: onBucket('s3:GetBucketPolicy'),
  PutBucketPolicyCommand: onBucket('s3:PutBucketPolicy'),
  GetBucketTaggingCommand: onBucket('s3:GetBucketTagging'),
  DescribeSecurityGroupRulesCommand: onAll('ec2:DescribeSecurityGroupRules'),
  DescribeSecurityGroupsCommand: onAll('ec2:DescribeSecurityGroups'),
  DescribeTagsCommand: onAll('ec2:DescribeTags'),
  DescribeInstancesCommand: onAll('ec2:DescribeInstances'),
  DescribeSnapshotsCommand: onAll('ec2:DescribeSnapshots'),
  GetEbsEncryptionByDefaultCommand: onAll('ec2:GetEbsEncryptionByDefault'),
  EnableEbsEncryptionByDefaultCommand: onAll('ec2:EnableEbsEncryptionByDefault'),
  DescribeSnapshotAttributeCommand: onSnapshot('ec2:DescribeSnapshotAttribute'),
  ModifySnapshotAttributeCommand: onSnapshot('ec2:ModifySnapshotAttribute'),
  RevokeSecurityGroupIngressCommand: onGroup('ec2:RevokeSecurityGroupIngress'),
  RevokeSecurityGroupEgressCommand: onGroup('ec2:RevokeSecurityGroupEgress'),
  ModifyInstanceMetadataOptionsCommand: (input, at) => ({
    action: 'ec2:ModifyInstanceMetadataOptions',
    resources: [at('ec2', `instance/${z.object({ InstanceId: z.string() }).parse(input).InstanceId}`)],
  }),
  GetAccountPasswordPolicyCommand: onAll('iam:GetAccountPasswordPolicy'),
  UpdateAccountPasswordPolicyCommand: onAll('iam:UpdateAccountPasswordPolicy'),
  DeleteAccountPasswordPolicyCommand: onAll('iam:DeleteAccountPasswordPolicy'),
  GetKeyRotationStatusCommand: onKey('kms:GetKeyRotationStatus'),
  EnableKeyRotationCommand: onKey('kms:EnableKeyRotation'),
  ListResourceTagsCommand: onKey('kms:ListResourceTags'),
  DescribeTrailsCommand: onAll('cloudtrail:DescribeTrails'),
  GetTrailStatusCommand: onTrail('cloudtrail:GetTrailStatus'),
  StartLoggingCommand: onTrail('cloudtrail:StartLogging'),
  PutImageTagMutabilityCommand: onRepository('ecr:PutImageTagMutability'),
  PutImageScanningConfigurationCommand: onRepository('ecr:PutImageScanningConfiguration'),
  ListTagsForResourceCommand: (input) => ({
    action: 'ecr:ListTagsForResource',
    resources: [z.object({ resourceArn: z.string() }).parse(input).resourceArn],
  }),
  SendMessageCommand: onQueue('sqs:SendMessage'),
  SendMessageBatchCommand: onQueue('sqs:SendMessage'),
  ChangeMessageVisibilityCommand: onQueue('sqs:ChangeMessageVisibility'),
  ChangeMessageVisibilityBatchCommand: onQueue('sqs:ChangeMessageVisibility'),
  GetItemCommand: onTable('dynamodb:GetItem'),
  PutItemCommand: onTable('dynamodb:PutItem'),
  UpdateItemCommand: onTable('dynamodb:UpdateItem'),
  QueryCommand: (input, at) => {
    const { TableName, IndexName } = z.object({ TableName: z.string(), IndexName: z.string() }).parse(input);
    return { action: 'dynamodb:Query', resources: [at('dynamodb', `table/${TableName}/index/${IndexName}`)] };
  },
  ScanCommand: onTable('dynamodb:Scan'),
  DeleteItemCommand: onTable('dynamodb:DeleteItem'),
  GetCommand: onTable('dynamodb:GetItem'),
  DeleteCommand: onTable('dynamodb:DeleteItem'),
  PutCommand: onTable('dynamodb:PutItem'),
  UpdateCommand: onTable('dynamodb:UpdateItem'),
  BatchGetItemCommand: onTables('dynamodb:BatchGetItem'),
  BatchGetCommand: onTables('dynamodb:BatchGetItem'),
  GetFindingsCommand: (_input, at) => ({
    action: 'securityhub:GetFindings',
    resources: [at('securityhub', 'hub/default')],
  }),
  ...Object.fromEntries(
    ['CreateActionTarget', 'UpdateActionTarget', 'DeleteActionTarget'].map((name): [string, Mapping] => [
      `${name}Command`,
      (_input, at) => ({ action: `securityhub:${name}`, resources: [at('securityhub', 'hub/default')] }),
    ]),
  ),
  BatchUpdateFindingsCommand: (_input, at) => ({
    action: 'securityhub:BatchUpdateFindings',
    resources: [at('securityhub', 'hub/default')],
  }),
  BatchImportFindingsCommand: (input) => {
    const { Findings } = z.object({ Findings: z.array(z.object({ ProductArn: z.string() })) }).parse(input);
    return { action: 'securityhub:BatchImportFindings', resources: Findings.map((finding) => finding.ProductArn) };
  },
};

export interface CallRecorder {
  /** Listens to what this client sends from now on, before anything else sees it. Returns the client. */
  watch<Client>(client: Client & RecordableClient): Client;
  /** What `work` sends, and all that it starts, is recorded as calls of this function. Calls outside are those of the test itself and are not recorded. */
  runAs<Result>(functionName: string, work: () => Result): Result;
  /** What was recorded of a function, each combination of command, action and resource once. Throws if it sent a command whose right is not known. */
  calls(functionName: string): readonly RecordedCall[];
}

/** Records the rights that functions ask for through their SDK clients, as an account and region would name them. */
export function createCallRecorder(place: Place): CallRecorder {
  const caller = new AsyncLocalStorage<string>();
  const recorded = new Map<string, Map<string, RecordedCall>>();
  const unknown = new Map<string, unknown>();
  const record = (functionName: string, command: string, input: object) => {
    const calls = recorded.get(functionName) ?? new Map<string, RecordedCall>();
    recorded.set(functionName, calls);
    try {
      for (const call of rightsFor(command, input, place)) calls.set(JSON.stringify(call), call);
    } catch (error) {
      // The code under test may well catch what is thrown at it: `calls` says it again.
      unknown.set(functionName, error);
      throw error;
    }
  };
  return {
    watch(client) {
      client.middlewareStack.add(
        (next, context) => async (args) => {
          const functionName = caller.getStore();
          if (functionName !== undefined) record(functionName, context.commandName ?? 'an unnamed command', args.input);
          return next(args);
        },
        { step: 'initialize', name: 'recordCalls', priority: 'high', override: true },
      );
      return client;
    },
    runAs: (functionName, work) => caller.run(functionName, work),
    calls(functionName) {
      if (unknown.has(functionName)) throw unknown.get(functionName);
      return [...(recorded.get(functionName)?.values() ?? [])];
    },
  };
}

const iamInput = z.object({
  RoleName: z.string().optional(),
  UserName: z.string().optional(),
  GroupName: z.string().optional(),
  PolicyArn: z.string().optional(),
});

/**
 * A call to IAM asks for the action of its name, on the principal or policy that it changes or reads (Service Authorization Reference, IAM): membership and the
 * policies of a group are the group's.
 */
const onIam =
  (command: string): Mapping =>
  (input) => {
    const { RoleName, UserName, GroupName, PolicyArn } = iamInput.parse(input);
    const holder =
      RoleName !== undefined
        ? `role/${RoleName}`
        : GroupName !== undefined
          ? `group/${GroupName}`
          : UserName === undefined
            ? undefined
            : `user/${UserName}`;
    const resource = holder === undefined ? (PolicyArn ?? '*') : `arn:aws:iam::123456789012:${holder}`;
    return { action: `iam:${command.replace(/Command$/, '')}`, resources: [resource] };
  };

/** Commands of IAM that the service sends. */
const IAM_COMMANDS =
  /^(?:Get(?:Role|User|Group|RolePolicy|UserPolicy|GroupPolicy|Policy|PolicyVersion)|List(?:RolePolicies|UserPolicies|GroupPolicies|AttachedRolePolicies|AttachedUserPolicies|AttachedGroupPolicies|GroupsForUser|InstanceProfilesForRole|PolicyVersions|EntitiesForPolicy|AccessKeys|MFADevices|SSHPublicKeys|ServiceSpecificCredentials|SigningCertificates)|GetLoginProfile|DeleteLoginProfile|Update(?:AccessKey|SSHPublicKey|ServiceSpecificCredential|SigningCertificate)|(?:Put|Delete)(?:Role|User|Group)Policy|(?:Attach|Detach)(?:Role|User|Group)Policy|(?:Put|Delete)(?:Role|User)PermissionsBoundary|UpdateAssumeRolePolicy|AddUserToGroup|RemoveUserFromGroup|CreatePolicyVersion|SetDefaultPolicyVersion|DeletePolicyVersion)Command$/;

/** The rights that one command needs. Throws where `mappings` does not know the command. */
export function rightsFor(command: string, input: object, { account, region }: Place): RecordedCall[] {
  const mapping = mappings[command] ?? (IAM_COMMANDS.test(command) ? onIam(command) : undefined);
  if (mapping === undefined)
    throw new Error(`no IAM action is known for ${command}: add it to test/support/recorded-calls.ts`);
  const { action, resources, leadingKey, prefix } = mapping(
    input,
    (service, resource) => `arn:aws:${service}:${region}:${account}:${resource}`,
  );
  return resources.map((resource) => ({
    command,
    action,
    resource,
    ...(leadingKey !== undefined && { leadingKey }),
    ...(prefix !== undefined && { prefix }),
  }));
}

/** The key of a row that holds a refreshed trusted root, wherever in the input it stands. */
function findRootKey(input: object): string | undefined {
  return /"image":(?:\{"S":)?"(trusted root [^"]*)"/.exec(JSON.stringify(input))?.[1];
}

function onTables(action: string): Mapping {
  return (input, at) => {
    const { RequestItems } = z.object({ RequestItems: z.record(z.string(), z.unknown()) }).parse(input);
    const resources = Object.keys(RequestItems).map((table) => at('dynamodb', `table/${table}`));
    return { action, resources, leadingKey: findRootKey(input) };
  };
}

function lastSegment(url: string): string {
  return new URL(url).pathname.split('/').at(-1) ?? '';
}
