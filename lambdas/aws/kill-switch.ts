import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';

/** The value of the kill switch as it is now; nothing is cached. Throws where it cannot be read, which forbids as `on` does. */
export async function readKillSwitch(ssm: SSMClient, parameter: string): Promise<string> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter }));
  return Parameter?.Value ?? '';
}
