import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  type ImageTagMutability,
  InvalidParameterException,
  ListTagsForResourceCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  type Repository,
  RepositoryAlreadyExistsException,
  RepositoryNotEmptyException,
  RepositoryNotFoundException,
  type Tag,
} from '@aws-sdk/client-ecr';
import { answers, type Operation, refusal } from './answer.ts';
import type { AccountContext } from './context.ts';
import type { RegistryManifest } from './ecr-manifest.ts';
import { pageOf } from './paging.ts';

export interface StoredImage {
  readonly digest: string;
  /** Exactly as it was put. */
  readonly text: string;
  readonly manifest: RegistryManifest;
  readonly tags: Set<string>;
  pushedAt: number;
  storage: Storage;
}

/** `activeFrom`: Unix milliseconds from which a restored image can be read again. */
export type Storage = { readonly class: 'STANDARD'; readonly activeFrom: number } | { readonly class: 'ARCHIVE' };

export interface StoredRepository {
  readonly name: string;
  readonly createdAt: number;
  mutability: ImageTagMutability;
  /** Wildcard filters of tags to which the opposite of the mutability applies. */
  exclusions: readonly string[];
  scanOnPush: boolean;
  readonly resourceTags: readonly Tag[];
  readonly images: Map<string, StoredImage>;
  readonly tags: Map<string, StoredImage>;
  readonly blobs: Map<string, Uint8Array>;
}

// ECR API reference, CreateRepository, repositoryName.
const REPOSITORY_NAME = /^(?:[a-z0-9]+(?:[._-]+[a-z0-9]+)*\/)*[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/;

/** The repositories of one registry. */
export class Repositories {
  private readonly context: AccountContext;
  private readonly byName = new Map<string, StoredRepository>();

  constructor(context: AccountContext) {
    this.context = context;
  }

  /** Throws RepositoryNotFoundException, and InvalidParameterException for the registry of another account. */
  find(name: string | undefined, registryId?: string): StoredRepository {
    this.checkRegistry(registryId);
    const repository = this.byName.get(name ?? '');
    if (repository === undefined) {
      throw refusal(
        RepositoryNotFoundException,
        `The repository with name '${name}' does not exist in the registry with id '${this.context.id}'`,
      );
    }
    return repository;
  }

  operations(): [string, Operation][] {
    return [
      answers(CreateRepositoryCommand, (input) => {
        const name = input.repositoryName ?? '';
        this.checkRegistry(input.registryId);
        if (name.length < 2 || name.length > 256 || !REPOSITORY_NAME.test(name)) {
          throw invalid(`Invalid parameter at 'repositoryName' failed to satisfy constraint: '${name.slice(0, 300)}'`);
        }
        if (this.byName.has(name)) {
          throw refusal(
            RepositoryAlreadyExistsException,
            `The repository with name '${name}' already exists in the registry with id '${this.context.id}'`,
          );
        }
        const repository: StoredRepository = {
          name,
          createdAt: this.context.clock.now(),
          mutability: input.imageTagMutability ?? 'MUTABLE',
          exclusions: (input.imageTagMutabilityExclusionFilters ?? []).flatMap(({ filter }) => filter ?? []),
          scanOnPush: input.imageScanningConfiguration?.scanOnPush === true,
          resourceTags: input.tags ?? [],
          images: new Map(),
          tags: new Map(),
          blobs: new Map(),
        };
        this.byName.set(name, repository);
        return { repository: this.describe(repository) };
      }),
      answers(DeleteRepositoryCommand, (input) => {
        const repository = this.find(input.repositoryName, input.registryId);
        if (repository.images.size > 0 && input.force !== true) {
          throw refusal(
            RepositoryNotEmptyException,
            `The repository with name '${repository.name}' in registry with id '${this.context.id}' cannot be deleted because it still contains images`,
          );
        }
        this.byName.delete(repository.name);
        return { repository: this.describe(repository) };
      }),
      answers(PutImageTagMutabilityCommand, (input) => {
        const repository = this.find(input.repositoryName, input.registryId);
        const filters = input.imageTagMutabilityExclusionFilters ?? [];
        const mutability = input.imageTagMutability ?? 'MUTABLE';
        if (mutability.endsWith('_WITH_EXCLUSION') !== filters.length > 0 || filters.length > 5) {
          throw invalid('Invalid parameter at imageTagMutabilityExclusionFilters');
        }
        repository.mutability = mutability;
        repository.exclusions = filters.flatMap(({ filter }) => filter ?? []);
        return { repositoryName: repository.name, imageTagMutability: mutability };
      }),
      answers(PutImageScanningConfigurationCommand, (input) => {
        const repository = this.find(input.repositoryName, input.registryId);
        repository.scanOnPush = input.imageScanningConfiguration?.scanOnPush === true;
        return { repositoryName: repository.name, imageScanningConfiguration: { scanOnPush: repository.scanOnPush } };
      }),
      answers(ListTagsForResourceCommand, ({ resourceArn = '' }) => ({
        tags: [...this.find(resourceArn.split(':repository/')[1]).resourceTags],
      })),
      answers(DescribeRepositoriesCommand, (input) => {
        if (input.repositoryNames !== undefined) {
          if (input.repositoryNames.length < 1 || input.repositoryNames.length > 100) {
            throw invalid("Invalid parameter at 'repositoryNames': between 1 and 100");
          }
          if (input.nextToken !== undefined || input.maxResults !== undefined) {
            throw invalid('Paging cannot be combined with repositoryNames');
          }
          const found = input.repositoryNames.map((name) => this.find(name, input.registryId));
          return { repositories: found.map((one) => this.describe(one)) };
        }
        this.checkRegistry(input.registryId);
        const limit = checkMaxResults(input.maxResults, 1000, 100);
        const page = pageOf(this.byName.values(), (one) => one.name, limit, input.nextToken);
        if (page === undefined) throw invalid('Invalid parameter at nextToken');
        return { repositories: page.items.map((one) => this.describe(one)), nextToken: page.nextToken };
      }),
    ];
  }

  private checkRegistry(registryId: string | undefined): void {
    if (registryId !== undefined && registryId !== this.context.id) {
      throw invalid(`The registry '${registryId}' is not the registry of this account`);
    }
  }

  private describe(repository: StoredRepository): Repository {
    const { id, region } = this.context;
    return {
      repositoryArn: `arn:aws:ecr:${region}:${id}:repository/${repository.name}`,
      registryId: id,
      repositoryName: repository.name,
      repositoryUri: `${id}.dkr.ecr.${region}.amazonaws.com/${repository.name}`,
      createdAt: new Date(repository.createdAt),
      imageTagMutability: repository.mutability,
      ...(repository.exclusions.length > 0 && {
        imageTagMutabilityExclusionFilters: repository.exclusions.map((filter) => ({ filterType: 'WILDCARD', filter })),
      }),
      imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
      encryptionConfiguration: { encryptionType: 'AES256' },
    };
  }
}

/** Tells whether a tag, once it points to an image, has to stay there (ECR user guide, "Preventing image tags from being overwritten"). */
export function isTagImmutable(repository: StoredRepository, tag: string): boolean {
  const excluded = repository.exclusions.some((filter) => matchesWildcard(filter, tag));
  switch (repository.mutability) {
    case 'IMMUTABLE':
      return true;
    case 'IMMUTABLE_WITH_EXCLUSION':
      return !excluded;
    case 'MUTABLE_WITH_EXCLUSION':
      return excluded;
    default:
      return false;
  }
}

function matchesWildcard(filter: string, tag: string): boolean {
  const parts = filter.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(tag);
}

export function invalid(message: string): InvalidParameterException {
  return refusal(InvalidParameterException, message);
}

/** The page size asked for, within the limits of the operation. */
export function checkMaxResults(asked: number | undefined, highest: number, usual: number): number {
  if (asked === undefined) return usual;
  if (!Number.isInteger(asked) || asked < 1 || asked > highest) {
    throw invalid(`Invalid parameter at 'maxResults' failed to satisfy constraint: between 1 and ${highest}`);
  }
  return asked;
}
