import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Condition, ExpressionParser, type Path, type UpdateAction } from './dynamodb-expression.ts';
import { Placeholders } from './dynamodb-placeholders.ts';
import { validationError } from './dynamodb-values.ts';
import { EmbeddedAccountError } from './errors.ts';

/** Parameters of before expressions existed, and parallel scans: nobody should need them, and silence would be wrong. */
const UNSUPPORTED = [
  'AttributesToGet',
  'AttributeUpdates',
  'ConditionalOperator',
  'Expected',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
  'Segment',
];

/** The expressions of one request, with their shared placeholders. */
export class Request {
  private readonly placeholders: Placeholders;
  private expressions = 0;
  private readonly hasPlaceholders: boolean;

  constructor(input: {
    ExpressionAttributeNames?: Record<string, string> | undefined;
    ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
  }) {
    const legacy = UNSUPPORTED.find((name) => Object.hasOwn(input, name));
    if (legacy !== undefined) {
      throw new EmbeddedAccountError('unsupported-input', `the embedded account does not take ${legacy}`);
    }
    this.placeholders = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
    this.hasPlaceholders =
      input.ExpressionAttributeNames !== undefined || input.ExpressionAttributeValues !== undefined;
  }

  parse(what: string, text: string | undefined): ExpressionParser | undefined {
    if (text === undefined) return undefined;
    this.expressions += 1;
    return new ExpressionParser(what, text, this.placeholders);
  }

  condition(text: string | undefined): Condition | undefined {
    return this.parse('ConditionExpression', text)?.parseCondition();
  }

  update(text: string | undefined): UpdateAction[] {
    return this.parse('UpdateExpression', text)?.parseUpdate() ?? [];
  }

  projection(text: string | undefined): Path[] | undefined {
    return this.parse('ProjectionExpression', text)?.parseProjection();
  }

  checkComplete(): void {
    if (this.hasPlaceholders && this.expressions === 0) {
      throw validationError(
        'ExpressionAttributeNames and ExpressionAttributeValues can only be specified when using expressions',
      );
    }
    this.placeholders.checkAllUsed();
  }
}
