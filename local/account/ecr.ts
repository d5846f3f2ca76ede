import { ECRServiceException } from '@aws-sdk/client-ecr';
import type { LocalService } from './answer.ts';
import type { AccountContext } from './context.ts';
import { ImageReads } from './ecr-image-reads.ts';
import { ImageWrites } from './ecr-image-writes.ts';
import { Layers } from './ecr-layers.ts';
import { Repositories } from './ecr-repository.ts';
import { storageOperations } from './ecr-storage.ts';

export interface Ecr {
  readonly service: LocalService;
  /** Answers pre-signed layer URLs. */
  readonly fetch: typeof fetch;
}

/** Amazon ECR: repositories, manifests, layers, referrers and their events. Scanning and signing are not there. */
export function createEcr(context: AccountContext): Ecr {
  const repositories = new Repositories(context);
  const layers = new Layers(context, repositories);
  const reads = new ImageReads(context, repositories);
  const writes = new ImageWrites(context, repositories);
  return {
    service: {
      name: 'ecr',
      operations: new Map([
        ...repositories.operations(),
        ...reads.operations(),
        ...writes.operations(),
        ...layers.operations(),
        ...storageOperations(context, repositories),
      ]),
      // ECR models no throttling exception of its own; what arrives is this one (Amazon ECR user guide, "HTTP 429").
      throttled: () =>
        new ECRServiceException({
          name: 'ThrottlingException',
          message: 'Rate exceeded',
          $fault: 'client',
          $metadata: { httpStatusCode: 400 },
        }),
    },
    fetch: (input, init) => layers.download(new Request(input, init)),
  };
}
