import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMServiceException } from '@aws-sdk/client-ssm';
import { answers, type LocalService, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';

/** AWS Systems Manager Parameter Store: text parameters by name. */
export function createSsm(context: AccountContext): LocalService {
  const parameters = new Map<string, { value: string; version: number }>();
  return {
    name: 'ssm',
    operations: new Map([
      answers(PutParameterCommand, ({ Name = '', Value = '' }) => {
        const version = (parameters.get(Name)?.version ?? 0) + 1;
        parameters.set(Name, { value: Value, version });
        return { Version: version };
      }),
      answers(GetParameterCommand, ({ Name = '' }) => {
        const found = parameters.get(Name);
        if (found === undefined) throw refusal(ParameterNotFound, `Parameter ${Name} not found.`);
        const ARN = `arn:aws:ssm:${context.region}:${context.id}:parameter${Name}`;
        return { Parameter: { Name, ARN, Type: 'String' as const, Value: found.value, Version: found.version } };
      }),
    ]),
    throttled: () =>
      new SSMServiceException({
        name: 'ThrottlingException',
        message: 'Rate exceeded',
        $fault: 'client',
        $metadata: { httpStatusCode: 400 },
      }),
  };
}
