import { PutImageTagMutabilityCommand } from '@aws-sdk/client-ecr';
import { readRepository, readRepositoryTags } from './ecr-repository.ts';
import type { SettingAdapter } from './setting-adapter.ts';

type Mutability =
  | { readonly mutability: 'MUTABLE' | 'IMMUTABLE' }
  | { readonly mutability: 'MUTABLE_WITH_EXCLUSION' | 'IMMUTABLE_WITH_EXCLUSION'; readonly except: string[] };

export const ecrTagMutabilityAdapter: SettingAdapter<Mutability> = {
  async read({ ecr }, place) {
    const repository = await readRepository(ecr, place);
    if (repository === undefined) return { is: 'gone' };
    const { imageTagMutability: mutability = 'MUTABLE', imageTagMutabilityExclusionFilters = [] } = repository;
    if (mutability === 'MUTABLE' || mutability === 'IMMUTABLE') return { is: 'set', content: { mutability } };
    const except = imageTagMutabilityExclusionFilters.flatMap(({ filter }) => filter ?? []);
    return { is: 'set', content: { mutability, except } };
  },
  async write({ ecr }, { account, target }, { to }) {
    const filters =
      to !== null && 'except' in to
        ? to.except.map((filter) => ({ filterType: 'WILDCARD' as const, filter }))
        : undefined;
    await ecr.send(
      new PutImageTagMutabilityCommand({
        ...{ registryId: account, repositoryName: target, imageTagMutability: to?.mutability },
        ...(filters !== undefined && { imageTagMutabilityExclusionFilters: filters }),
      }),
    );
  },
  tags: ({ ecr }, subject) => readRepositoryTags(ecr, subject),
};
