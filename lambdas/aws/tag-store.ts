import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { isDigest } from '../core/digest.ts';
import { CountersignError } from '../core/errors.ts';
import type { ImageName } from '../core/image-name.ts';
import { addTagging, type Tagging, type TagHistory } from '../core/images/tag-history.ts';

/** Which digests each tag pointed to. */
export interface TagStore {
  /** Adds a tagging to the history of a tag and returns the history with it. */
  note(repository: Omit<ImageName, 'digest'>, tag: string, tagging: Tagging): Promise<TagHistory>;
}

/** Other writers are other pushes of the same tag. */
const MOST_ROUNDS = 5;
/** How long a history stays after the last tagging, seconds. */
const KEEP = 400 * 86_400;

const row = z.object({
  revision: z.number().int().positive(),
  taggings: z.array(z.object({ digest: z.string().refine(isDigest), at: z.number() })),
});

/** In the table of the verdicts: one item for each tag, under a key that no image can have. */
export function tagStore(dynamodb: DynamoDBDocumentClient, table: string): TagStore {
  return {
    async note({ account, region, repository }, tag, tagging) {
      const key = { image: `tag ${account}/${region}/${repository}:${tag}` };
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const { Item } = await dynamodb.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
        const known = Item === undefined ? undefined : row.parse(Item);
        const taggings = addTagging(known?.taggings ?? [], tagging);
        if (taggings === undefined) return known?.taggings ?? [];
        const revision = (known?.revision ?? 0) + 1;
        const item = { ...key, revision, taggings, expiresAt: Math.floor(tagging.at / 1000) + KEEP };
        const condition =
          known === undefined
            ? { ConditionExpression: 'attribute_not_exists(image)' }
            : { ConditionExpression: 'revision = :known', ExpressionAttributeValues: { ':known': known.revision } };
        try {
          await dynamodb.send(new PutCommand({ TableName: table, Item: item, ...condition }));
          return taggings;
        } catch (thrown) {
          if (!(thrown instanceof ConditionalCheckFailedException)) throw thrown;
        }
      }
      throw new CountersignError(
        'contended',
        `the history of the tag ${tag} was written by others ${MOST_ROUNDS} times`,
      );
    },
  };
}
