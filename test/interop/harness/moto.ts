import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { STACK_NAME } from '../../../lib/synthesize.ts';
import { answers, freePort, type Processes } from './processes.ts';
import { cdk, cdkEnvironment, REGION, ROOT, type Synthesized } from './synthesis.ts';

export const ACCOUNT = '123456789012';

/** A running moto server. */
export interface Moto {
  readonly endpoint: string;
  /** Forgets everything. */
  reset(): Promise<void>;
  /** `cdk bootstrap` and `cdk deploy` of what was synthesized. */
  deploy(synthesized: Synthesized): Promise<void>;
  /** State of the deployed stack, `CREATE_COMPLETE`, and its resources. moto lists a resource of a type that it does not know without a name. */
  describeStack(): Promise<{ readonly status: string; readonly resources: readonly StackResource[] }>;
  /** Takes the queues from the functions: moto would poll them itself, and start a container for each message. */
  disconnectQueues(): Promise<void>;
  /** Environment of a deployed function. */
  functionEnvironment(functionName: string): Promise<Readonly<Record<string, string>>>;
}

export interface StackResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

/** What an SDK client or a program needs to work against `endpoint`. */
export const awsEnvironment = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_SESSION_TOKEN: 'test',
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
});

export const clientSettings = (endpoint: string) => ({
  endpoint,
  region: REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  // moto answers what it lacks with 500, which the SDK would ask for again.
  maxAttempts: 1,
});

export async function startMoto(processes: Processes, pythonTools: string): Promise<Moto> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const reset = async () => {
    await fetch(new URL('/moto-api/reset', endpoint), { method: 'POST' });
  };
  const server = [join(pythonTools, 'moto_server'), '-H', '127.0.0.1', '-p', String(port)];
  await processes.start('moto', server, answers(`${endpoint}/moto-api/`));

  return {
    endpoint,
    reset,
    deploy: async (synthesized) => {
      const folder = writeAlarmArns(synthesized);
      // moto knows template URLs only where they name localhost, and buckets only where they are in the path.
      const environment = cdkEnvironment({
        ...awsEnvironment(`http://localhost:${port}`),
        AWS_ENDPOINT_URL_S3: endpoint,
        CI: 'true',
      });
      const settings = { cwd: ROOT, env: environment, timeout: 300_000 };
      await processes.must(cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`, '--app', folder), settings);
      await processes.must(cdk('deploy', '--app', folder, '--all', '--require-approval', 'never'), settings);
    },
    describeStack: async () => {
      const ask = async (action: string) => {
        const query = new URLSearchParams({ Action: action, Version: '2010-05-15', StackName: STACK_NAME });
        return (await fetch(endpoint, { method: 'POST', headers: signedFor('cloudformation'), body: query })).text();
      };
      const listed = await ask('ListStackResources');
      return {
        status: textOf('StackStatus', await ask('DescribeStacks')),
        resources: listed
          .split('<member>')
          .slice(1)
          .map((member) => ({
            id: textOf('LogicalResourceId', member),
            type: textOf('ResourceType', member),
            name: textOf('PhysicalResourceId', member),
          })),
      };
    },
    disconnectQueues: async () => {
      const all = new URL('/2015-03-31/event-source-mappings/', endpoint);
      const headers = signedFor('lambda');
      for (const { UUID } of mappings.parse(await (await fetch(all, { headers })).json()).EventSourceMappings) {
        await fetch(new URL(UUID, all), { method: 'PUT', headers, body: '{"Enabled":false}' });
      }
    },
    functionEnvironment: async (functionName) => {
      const url = new URL(`/2015-03-31/functions/${functionName}/configuration`, endpoint);
      const answer = await fetch(url, { headers: signedFor('lambda') });
      return configuration.parse(await answer.json()).Environment.Variables;
    },
  };
}

const mappings = z.object({ EventSourceMappings: z.array(z.object({ UUID: z.string() })) });
const configuration = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.string()) }) });

/** moto tells services apart by the scope of the signature, which it does not check. */
const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

const textOf = (element: string, xml: string) => new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? '';

/**
 * A copy of what was synthesized in which the ARNs of alarms are written out: moto has no AWS::CloudWatch::Alarm, leaves such resources out, and then
 * refuses what refers to them.
 */
function writeAlarmArns({ folder, templateFile, template }: Synthesized): string {
  const copy = `${folder}-moto`;
  cpSync(folder, copy, { recursive: true });
  const isAlarm = (id: unknown) => typeof id === 'string' && template.Resources[id]?.Type === 'AWS::CloudWatch::Alarm';
  const text = JSON.stringify(JSON.parse(readFileSync(templateFile, 'utf8')), (_key, value: unknown) => {
    const [id, attribute] = readGetAtt(value);
    if (attribute !== 'Arn' || !isAlarm(id)) return value;
    return { 'Fn::Sub': `arn:aws:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${id}` };
  });
  writeFileSync(join(copy, basename(templateFile)), text);
  return copy;
}

const getAtt = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });

function readGetAtt(value: unknown): readonly string[] {
  const parsed = getAtt.safeParse(value);
  return parsed.success ? parsed.data['Fn::GetAtt'] : [];
}
