import {
  BatchEntryIdsNotDistinct,
  BatchRequestTooLong,
  EmptyBatchRequest,
  InvalidBatchEntryId,
  InvalidMessageContents,
  type MessageAttributeValue,
  SQSServiceException,
  TooManyEntriesInBatchRequest,
} from '@aws-sdk/client-sqs';
import { refusal } from './answer.ts';

/** A message, and all messages of one batch together, take up to 1 MiB with their attributes (SQS API reference, SendMessage and SendMessageBatch). */
export const LARGEST_MESSAGE = 1024 * 1024;
const MOST_ENTRIES = 10;
const MOST_ATTRIBUTES = 10;
const LONGEST_DELAY = 900;
const LONGEST_VISIBILITY = 12 * 60 * 60;
// SQS API reference, SendMessage: control characters but tab and line ends, lone surrogates, U+FFFE and U+FFFF.
const FORBIDDEN_TEXT = /[^\P{Cc}\t\n\r\u{7F}-\u{9F}]|\p{Cs}|[\u{FFFE}\u{FFFF}]/u;
const ENTRY_ID = /^[A-Za-z0-9_-]{1,80}$/;
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.)(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i;
const ATTRIBUTE_TYPE = /^(?:String|Number|Binary)(?:\..+)?$/;

export interface OutgoingMessage {
  readonly MessageBody?: string | undefined;
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes?: Record<string, MessageAttributeValue> | undefined;
}

/** An exception that SQS has but its SDK does not model. */
export function sqsFault(name: string, message: string): SQSServiceException {
  return new SQSServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 400 } });
}

/** Throws what SQS throws for a message it does not take. */
export function checkMessage(message: OutgoingMessage, largest: number): void {
  if (message.MessageBody === undefined || message.MessageBody === '') {
    throw sqsFault('MissingParameter', 'The request must contain the parameter MessageBody.');
  }
  const delay = message.DelaySeconds ?? 0;
  if (!Number.isInteger(delay) || delay < 0 || delay > LONGEST_DELAY) {
    throw invalidValue(`Value ${delay} for parameter DelaySeconds is invalid. Reason: must be between 0 and 900.`);
  }
  checkAttributes(message.MessageAttributes ?? {});
  if (FORBIDDEN_TEXT.test(message.MessageBody)) {
    throw refusal(
      InvalidMessageContents,
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD and up.',
    );
  }
  if (sizeOf(message) > largest) {
    throw invalidValue(`One or more parameters are invalid. Reason: Message must be shorter than ${largest} bytes.`);
  }
}

function checkAttributes(attributes: Readonly<Record<string, MessageAttributeValue>>): void {
  const names = Object.keys(attributes);
  if (names.length > MOST_ATTRIBUTES)
    throw invalidValue('Number of message attributes exceeds the allowed maximum [10].');
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    if (!ATTRIBUTE_NAME.test(name)) throw invalidValue(`The message attribute name '${name}' is invalid.`);
    if (DataType === undefined || !ATTRIBUTE_TYPE.test(DataType)) {
      throw invalidValue(`The type of message attribute '${name}' must be String, Number or Binary.`);
    }
    const empty = DataType.startsWith('Binary')
      ? !BinaryValue?.length
      : StringValue === undefined || StringValue === '';
    if (empty)
      throw invalidValue(`The message attribute '${name}' must contain a non-empty value of type ${DataType}.`);
    if (StringValue !== undefined && FORBIDDEN_TEXT.test(StringValue)) {
      throw invalidValue(`The message attribute '${name}' has invalid characters.`);
    }
  }
}

/** Bytes that count against the limit: body, and name, type and value of each attribute. */
function sizeOf({ MessageBody = '', MessageAttributes = {} }: OutgoingMessage): number {
  return Object.entries(MessageAttributes).reduce(
    (sum, [name, { DataType = '', StringValue = '', BinaryValue }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue) + (BinaryValue?.length ?? 0),
    Buffer.byteLength(MessageBody),
  );
}

/** Throws what SQS throws for a batch as a whole. */
export function checkBatch(
  entries: readonly (OutgoingMessage & { readonly Id?: string | undefined })[] | undefined,
): void {
  if (entries === undefined || entries.length === 0) {
    throw refusal(EmptyBatchRequest, 'There should be at least one entry in the request.');
  }
  if (entries.length > MOST_ENTRIES) {
    throw refusal(
      TooManyEntriesInBatchRequest,
      `Maximum number of entries per request are ${MOST_ENTRIES}. You have sent ${entries.length}.`,
    );
  }
  for (const { Id } of entries) {
    if (!ENTRY_ID.test(Id ?? '')) {
      throw refusal(
        InvalidBatchEntryId,
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw refusal(BatchEntryIdsNotDistinct, 'Two or more batch entries in the request have the same Id.');
  }
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (bytes > LARGEST_MESSAGE) {
    throw refusal(
      BatchRequestTooLong,
      `Batch requests cannot be longer than ${LARGEST_MESSAGE} bytes. You have sent ${bytes} bytes.`,
    );
  }
}

/** Throws for a visibility timeout outside 0 to 12 hours. */
export function checkVisibility(seconds: number | undefined): void {
  if (seconds === undefined) return;
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > LONGEST_VISIBILITY) {
    throw invalidValue(
      `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: must be between 0 and ${LONGEST_VISIBILITY}.`,
    );
  }
}

export function invalidValue(message: string): SQSServiceException {
  return sqsFault('InvalidParameterValue', message);
}
