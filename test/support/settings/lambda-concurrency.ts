import { CreateFunctionCommand, GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { CASE_ACCOUNT, CASE_REGION, type SettingCase } from './setting-case.ts';

const arnOf = (name: string) => `arn:aws:lambda:${CASE_REGION}:${CASE_ACCOUNT}:function:${name}`;

export const lambdaConcurrencyCase: SettingCase = {
  async make({ lambda }) {
    for (const FunctionName of ['mailer', 'mailer-other']) {
      const code = {
        Code: { ImageUri: `${CASE_ACCOUNT}.dkr.ecr.${CASE_REGION}.amazonaws.com/app:1` },
        PackageType: 'Image',
        Role: `arn:aws:iam::${CASE_ACCOUNT}:role/app`,
      } as const;
      await lambda.send(new CreateFunctionCommand({ FunctionName, ...code }));
    }
    return arnOf('mailer');
  },
  readAll: ({ lambda }) =>
    Promise.all(
      ['mailer', 'mailer-other'].map(async (name) => {
        const { ReservedConcurrentExecutions } = await lambda.send(
          new GetFunctionConcurrencyCommand({ FunctionName: arnOf(name) }),
        );
        return ReservedConcurrentExecutions ?? 'unreserved';
      }),
    ),
  contents: [null, '{"reserved":0}', '{"reserved":250}'],
  missing: arnOf('no-such-function'),
};
