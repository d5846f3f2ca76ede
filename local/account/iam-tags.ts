import { InvalidInputException, LimitExceededException, type Tag } from '@aws-sdk/client-iam';
import { refusal } from './answer.ts';
import { takePage } from './iam-pages.ts';

const MOST = 50;

/** Sets tags. Keys differ in more than case: a key in another case replaces the one that is there (IAM User Guide, "Tags for IAM resources"). */
export function addTags(tags: Map<string, string>, added: readonly Tag[] | undefined): Map<string, string> {
  for (const { Key = '', Value = '' } of added ?? []) {
    if (Key === '' || Key.length > 128 || Value.length > 256) throw refusal(InvalidInputException, 'Invalid tag.');
    removeTags(tags, [Key]);
    tags.set(Key, Value);
  }
  if (tags.size > MOST) throw refusal(LimitExceededException, `Cannot exceed quota for Tags: ${MOST}`, 409);
  return tags;
}

export function removeTags(tags: Map<string, string>, keys: readonly string[] | undefined): void {
  const gone = new Set((keys ?? []).map((key) => key.toLowerCase()));
  for (const key of [...tags.keys()]) if (gone.has(key.toLowerCase())) tags.delete(key);
}

export function tagsOf(tags: ReadonlyMap<string, string>): { Key: string; Value: string }[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

export function listTags(tags: ReadonlyMap<string, string>, input: Parameters<typeof takePage>[2]) {
  const { items, rest } = takePage(tagsOf(tags), ({ Key }) => Key, input);
  return { Tags: items, ...rest };
}
