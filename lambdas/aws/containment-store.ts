import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type Digest, isDigest } from '../core/digest.ts';
import { type ImageName, keyOf } from '../core/image-name.ts';

/** Which verified indexes list an image. */
export interface ContainmentStore {
  /** Notes that `index` lists the children. Noting it again changes nothing. */
  note(index: ImageName, children: readonly Digest[]): Promise<void>;
  /** The indexes that were noted to list the image, at most MOST_CONTAINERS, in no order. */
  containersOf(image: ImageName): Promise<readonly ImageName[]>;
}

/** Most indexes kept for one image. */
const MOST_CONTAINERS = 100;
/** How long notes stay after the last one was made, seconds. */
const KEEP = 400 * 86_400;

const row = z.object({ containers: z.set(z.string().refine(isDigest)) });

/** In the table of the verdicts: one item for each child, under a key that no image can have. `clock` gives Unix milliseconds. */
export function containmentStore(
  dynamodb: DynamoDBDocumentClient,
  table: string,
  clock: () => number,
): ContainmentStore {
  const keyOfNote = (image: ImageName) => ({ image: `listed ${keyOf(image)}` });

  async function noteChild(index: ImageName, child: Digest): Promise<void> {
    const update = {
      TableName: table,
      Key: keyOfNote({ ...index, digest: child }),
      ExpressionAttributeValues: {
        ':index': new Set([index.digest]),
        ':expiresAt': Math.floor(clock() / 1000) + KEEP,
      },
    };
    try {
      await dynamodb.send(
        new UpdateCommand({
          ...update,
          UpdateExpression: 'ADD containers :index SET expiresAt = :expiresAt',
          ConditionExpression: 'attribute_not_exists(containers) OR size(containers) < :most',
          ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':most': MOST_CONTAINERS },
        }),
      );
    } catch (thrown) {
      if (!(thrown instanceof ConditionalCheckFailedException)) throw thrown;
      // Full of indexes that are older: the newest is the one that is likely to be there still.
      await dynamodb.send(
        new UpdateCommand({ ...update, UpdateExpression: 'SET containers = :index, expiresAt = :expiresAt' }),
      );
    }
  }

  return {
    async note(index, children) {
      await Promise.all(children.map((child) => noteChild(index, child)));
    },

    async containersOf(image) {
      const { Item } = await dynamodb.send(
        new GetCommand({ TableName: table, Key: keyOfNote(image), ConsistentRead: true }),
      );
      return Item === undefined ? [] : [...row.parse(Item).containers].map((digest) => ({ ...image, digest }));
    },
  };
}
