import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  ListTagsCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { partitionOf } from '../../../core/aws-names.ts';
import { isNamed, type SettingAdapter } from './setting-adapter.ts';

export const lambdaConcurrencyAdapter: SettingAdapter<{ readonly reserved: number }> = {
  async read({ lambda }, { target }) {
    try {
      const { ReservedConcurrentExecutions: reserved } = await lambda.send(
        new GetFunctionConcurrencyCommand({ FunctionName: target }),
      );
      return { is: 'set', content: reserved === undefined ? null : { reserved } };
    } catch (thrown) {
      if (isNamed(thrown, 'ResourceNotFoundException')) return { is: 'gone' };
      throw thrown;
    }
  },
  async write({ lambda }, { target }, { to }) {
    await (to === null
      ? lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: target }))
      : lambda.send(
          new PutFunctionConcurrencyCommand({ FunctionName: target, ReservedConcurrentExecutions: to.reserved }),
        ));
  },
  async tags({ lambda }, { account, region, id }) {
    const Resource = `arn:${partitionOf(region)}:lambda:${region}:${account}:function:${id}`;
    return (await lambda.send(new ListTagsCommand({ Resource }))).Tags ?? {};
  },
  // "The resource already exists, or another operation is in progress" (Lambda API Reference, PutFunctionConcurrency).
  again: ['ResourceConflictException'],
};
