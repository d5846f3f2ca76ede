import { createHash } from 'node:crypto';
import * as IAM from '@aws-sdk/client-iam';
import type { EmbeddedAccount } from '../../local/account/types.ts';

/** What moto 5.2.5 does not have; nobody makes such credentials here. */
const LACKING: Readonly<Record<string, object>> = {
  ListServiceSpecificCredentialsCommand: { ServiceSpecificCredentials: [] },
};

type Send = (command: unknown) => Promise<object>;
interface Stack {
  add(
    middleware: (
      next: unknown,
      execution: { commandName?: string },
    ) => (args: { input: object }) => Promise<{ output: object; response: object }>,
    options: { step: 'initialize'; name: string; priority: 'normal'; override: boolean },
  ): void;
}

/**
 * Has another implementation of IAM answer in the place of the embedded one: everything else of the account stays, its faults and its events too, which are made from
 * the calls as CloudTrail does.
 */
export function forwardIam(account: EmbeddedAccount, foreign: IAM.IAMClient, random: () => number): void {
  const { middlewareStack } = account.clients.iam as { readonly middlewareStack: Stack };
  const send: Send = (command) => foreign.send(command as IAM.GetUserCommand);
  const commands = new Map(Object.entries(IAM as Record<string, unknown>));
  let calls = 0;
  middlewareStack.add(
    (_next, { commandName = '' }) =>
      async ({ input }) => {
        const none = LACKING[commandName];
        if (none !== undefined) return { output: none, response: {} };
        const Command = commands.get(commandName) as new (input: object) => unknown;
        if (random() < account.faults.throttleRate ** 3) throw throttled();
        const eventName = commandName.replace(/Command$/, '');
        const isWrite = !/^(?:Get|List|Generate|Simulate)/.test(eventName);
        try {
          const output = giveForm(await complete(foreign, await send(new Command(input))));
          calls += 1;
          if (isWrite) account.emit(toEvent(account, eventName, input, calls));
          return { output, response: {} };
        } catch (thrown) {
          calls += 1;
          if (isWrite && thrown instanceof Error) account.emit(toEvent(account, eventName, input, calls, thrown.name));
          throw thrown;
        }
      },
    { step: 'initialize', name: 'foreignIam', priority: 'normal', override: true },
  );
}

/**
 * GetAccountAuthorizationDetails of moto 5.2.5 leaves out the boundaries of roles and users and the names and ids of policies; its reads of single ones have them. Which
 * version is the default one it marks as it was when the version was made.
 */
async function complete(moto: IAM.IAMClient, answer: object): Promise<object> {
  if (!isAccountDetails(answer)) return answer;
  const { RoleDetailList = [], UserDetailList = [], Policies = [] } = answer;
  return {
    ...answer,
    RoleDetailList: await Promise.all(
      RoleDetailList.map(async (one) => {
        const { Role } = await moto.send(new IAM.GetRoleCommand({ RoleName: one.RoleName }));
        return { ...one, PermissionsBoundary: Role?.PermissionsBoundary };
      }),
    ),
    UserDetailList: await Promise.all(
      UserDetailList.map(async (one) => {
        const { User } = await moto.send(new IAM.GetUserCommand({ UserName: one.UserName }));
        return { ...one, PermissionsBoundary: User?.PermissionsBoundary };
      }),
    ),
    Policies: await Promise.all(
      Policies.map(async (one) => {
        const { Policy } = await moto.send(new IAM.GetPolicyCommand({ PolicyArn: one.Arn }));
        const PolicyVersionList = one.PolicyVersionList?.map((version) => {
          return { ...version, IsDefaultVersion: version.VersionId === one.DefaultVersionId };
        });
        return { ...one, PolicyName: Policy?.PolicyName, PolicyId: Policy?.PolicyId, PolicyVersionList };
      }),
    ),
  };
}

function isAccountDetails(answer: object): answer is IAM.GetAccountAuthorizationDetailsResponse {
  return 'RoleDetailList' in answer;
}

/** What a unique id of IAM begins with, by the field that holds it (IAM User Guide, "IAM identifiers"). */
const PREFIXES: Readonly<Record<string, string>> = {
  RoleId: 'AROA',
  UserId: 'AIDA',
  GroupId: 'AGPA',
  PolicyId: 'ANPA',
};

/** The answer with unique ids in the form that IAM gives them: those of moto are of another one. The same id stays the same. */
function giveForm<T>(answer: T): T {
  return walk(answer) as T;
}

function walk(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(walk);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const prefix = PREFIXES[name];
      if (prefix === undefined || typeof one !== 'string') return [name, walk(one)];
      return [name, `${prefix}${createHash('sha256').update(one).digest('hex').slice(0, 17).toUpperCase()}`];
    }),
  );
}

/** After three attempts, as the SDK makes them. */
function throttled(): Error {
  return new IAM.IAMServiceException({
    ...{ name: 'Throttling', message: 'Rate exceeded', $fault: 'client', $metadata: { httpStatusCode: 400 } },
  });
}

function toEvent(account: EmbeddedAccount, eventName: string, input: object, number: number, errorCode?: string) {
  const time = new Date(account.clock.now()).toISOString();
  const id = createHash('sha256').update(`${number}`).digest('hex').slice(0, 32);
  return {
    ...{ version: '0', id, 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.iam' },
    ...{ account: account.id, region: account.region, time, resources: [] },
    detail: {
      ...{ eventVersion: '1.09', eventSource: 'iam.amazonaws.com', eventName, eventID: id, eventTime: time },
      ...{ awsRegion: 'us-east-1', requestID: id, readOnly: false, eventType: 'AwsApiCall' },
      ...{ recipientAccountId: account.id, ...(errorCode && { errorCode }) },
      userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${account.id}:user/operator`, accountId: account.id },
      requestParameters: Object.fromEntries(
        Object.entries(input)
          .filter(([name]) => name !== 'Password')
          .map(([name, value]) => [`${name.slice(0, 1).toLowerCase()}${name.slice(1)}`, value]),
      ),
      responseElements: null,
    },
  };
}
