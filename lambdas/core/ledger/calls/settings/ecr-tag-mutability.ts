import { z } from 'zod';
import { defineSetting } from './define-setting.ts';

const REPOSITORY = /^[a-z0-9]+(?:[._/-]+[a-z0-9]+){0,200}$/;

/** Whether tags of a repository can be moved, and which are excepted (ECR API Reference, PutImageTagMutability: at most five filters). */
export const ecrTagMutability = defineSetting({
  target: REPOSITORY,
  content: z.union([
    z.strictObject({ mutability: z.enum(['MUTABLE', 'IMMUTABLE']) }),
    z.strictObject({
      mutability: z.enum(['MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION']),
      except: z.array(z.string().min(1).max(128)).min(1).max(5),
    }),
  ]),
  canBeAbsent: false,
  actions: ['ecr:PutImageTagMutability'],
  actionFor: () => 'ecr:PutImageTagMutability',
  describe: (target, to) => `make the tags of ${target} ${to?.mutability ?? 'MUTABLE'}`,
  essence: (content) => ('except' in content ? { ...content, except: content.except.toSorted() } : content),
});
