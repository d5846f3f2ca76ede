import { join } from 'node:path';
import { answers, freePort, type Processes } from './processes.ts';
import { cdk, ROOT, type Synthesized } from './synthesis.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';

/** A running moto server. */
export interface Moto {
  readonly endpoint: string;
  /** Forgets everything. */
  reset(): Promise<void>;
  /** `cdk bootstrap` and `cdk deploy` of what was synthesized; returns what the CDK printed. */
  deploy(synthesized: Synthesized): Promise<string>;
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
    deploy: async ({ folder }) => {
      // moto knows template URLs only where they name localhost, and buckets only where they are in the path.
      const environment = {
        ...process.env,
        ...awsEnvironment(`http://localhost:${port}`),
        AWS_ENDPOINT_URL_S3: endpoint,
        CDK_DISABLE_LEGACY_EXPORT_WARNING: '1',
        CI: 'true',
      };
      const settings = { cwd: ROOT, env: environment, timeout: 300_000 };
      await processes.must(cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`, '--app', folder), settings);
      return processes.must(cdk('deploy', '--app', folder, '--all', '--require-approval', 'never'), settings);
    },
  };
}
