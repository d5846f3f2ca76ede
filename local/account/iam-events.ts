import type { Operation } from './answer.ts';
import type { AccountContext } from './context.ts';
import { newId } from './context.ts';

/** Who calls, as CloudTrail tells of it. */
export interface Caller {
  readonly type: string;
  readonly arn: string;
  readonly [more: string]: unknown;
}

/**
 * Lets an operation leave its event on the bus, as CloudTrail makes it: failed calls too, members with their first letter lower-cased, the documents of
 * the request as they were sent, those of the response percent-encoded, no secrets.
 */
export function recordCalls(
  context: AccountContext,
  operation: [string, Operation],
  caller: () => Caller,
): [string, Operation] {
  const [command, answer] = operation;
  const eventName = command.replace(/Command$/, '');
  if (/^(?:Get|List|Generate|Simulate)/.test(eventName)) return operation;
  const record = (input: object, outcome: object) => {
    context.emit({
      source: 'aws.iam',
      detailType: 'AWS API Call via CloudTrail',
      detail: {
        eventVersion: '1.09',
        eventSource: 'iam.amazonaws.com',
        eventName,
        eventID: newId(context),
        eventTime: new Date(context.clock.now()).toISOString(),
        awsRegion: 'us-east-1',
        requestID: newId(context),
        readOnly: false,
        eventType: 'AwsApiCall',
        managementEvent: true,
        recipientAccountId: context.id,
        userIdentity: { accountId: context.id, ...caller() },
        requestParameters: lowerFirst(input),
        ...outcome,
      },
    });
  };
  return [
    command,
    (input) => {
      try {
        const output = answer(input);
        record(input, { responseElements: Object.keys(output).length === 0 ? null : lowerFirst(output) });
        return output;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        record(input, { errorCode: error.name, errorMessage: error.message, responseElements: null });
        throw error;
      }
    },
  ];
}

const SECRET = /^(?:SecretAccessKey|ServicePassword|Password|OldPassword|NewPassword)$/;

function lowerFirst(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(lowerFirst);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => member !== undefined && !SECRET.test(name))
      .map(([name, member]) => [`${name.slice(0, 1).toLowerCase()}${name.slice(1)}`, lowerFirst(member)]),
  );
}
