import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hashJson } from '../../lambdas/core/config/hash.ts';
import { digestOf } from '../../lambdas/core/digest.ts';
import { messageOf, type Reason } from '../../lambdas/core/errors.ts';
import { type NotationTrust, readNotationConfiguration } from '../../lambdas/core/signature/notation/configuration.ts';
import { NotationError } from '../../lambdas/core/signature/notation/errors.ts';
import { findStatement, type VerifyStatement } from '../../lambdas/core/signature/notation/trust-policy.ts';
import type { TrustMaterial } from '../../lambdas/core/trust/material.ts';
import { ConfigurationError } from '../commands/command.ts';
import { readBoundedBytes } from '../config/load-configuration.ts';
import type { ChosenTrust } from './choose-trust.ts';

const MOST_FILES = 1000;
/** `truststore/x509/TYPE/NAME/FILE` (notaryproject/specifications, trust-store-trust-policy.md). */
const DEPTH = 5;
const LARGEST = 1024 * 1024;
/** The one signer that a statement makes. */
const SIGNER = 'notation';

/**
 * Reads Notation's configuration folder as it is; what comes back finds the statement for a repository (`registry.example/production/app`) and makes it the policy.
 * Throws ConfigurationError.
 */
export function loadNotationFolder(folder: string): Pick<ChosenTrust, 'materialFor' | 'fingerprint'> {
  const files = readFiles(folder);
  const trust = read(folder, files);
  const fingerprint = hashJson([...files].map(([path, bytes]) => [path, digestOf(bytes)]));
  const materialFor: ChosenTrust['materialFor'] = (repository) => {
    const statement = find(trust, repository);
    if ('code' in statement) return statement;
    if (statement.kind === 'verify') return makeMaterial(trust, statement);
    const message = `The statement ${statement.name} of the trust policy says skip: nothing is verified.`;
    return { code: 'verification-skipped', message };
  };
  return { materialFor, fingerprint };
}

function find(trust: NotationTrust, repository: string): ReturnType<typeof findStatement> | Reason {
  try {
    return findStatement(trust.policy, repository);
  } catch (error) {
    if (!(error instanceof NotationError)) throw error;
    return { code: error.code, message: `${error.message}.` };
  }
}

function makeMaterial({ stores }: NotationTrust, statement: VerifyStatement): TrustMaterial {
  return {
    policy: {
      version: 1,
      roots: {},
      signers: {
        [SIGNER]: { notation: { identities: ['the statement of the trust policy'], revocation: 'required' } },
      },
      images: [
        { name: statement.name, repositories: ['**'], require: { signedBy: SIGNER }, platformImages: 'covered' },
      ],
      otherRepositories: 'refuse',
    },
    verifiers: new Map([[SIGNER, { kind: 'notation', statement, stores }]]),
    conditions: new Map(),
  };
}

function read(folder: string, files: ReadonlyMap<string, Uint8Array>): NotationTrust {
  try {
    return readNotationConfiguration(files);
  } catch (error) {
    if (!(error instanceof NotationError)) throw error;
    throw new ConfigurationError([{ file: folder, path: '', message: error.message }]);
  }
}

function readFiles(folder: string): ReadonlyMap<string, Uint8Array> {
  try {
    return new Map(listFiles(folder, folder, '', { left: MOST_FILES }));
  } catch (error) {
    throw new ConfigurationError([{ file: folder, path: '', message: messageOf(error) }]);
  }
}

/** The policy and what lies in the trust store, by path with `/` between names. Links are refused: what is read is what lies there. */
function* listFiles(
  top: string,
  folder: string,
  prefix: string,
  bound: { left: number },
): Generator<readonly [string, Uint8Array]> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${prefix}${entry.name}`;
    if (!/^trustpolicy(?:\.oci)?\.json$|^truststore(?:$|\/)/.test(path)) continue;
    const place = join(folder, entry.name);
    bound.left -= 1;
    if (bound.left < 0) throw new Error(`more than ${MOST_FILES} files and folders`);
    const kind = lstatSync(place);
    if (kind.isSymbolicLink()) throw new Error(`${path} is a link, which is not followed`);
    if (kind.isDirectory() && path.split('/').length < DEPTH) yield* listFiles(top, place, `${path}/`, bound);
    else if (kind.isFile()) yield [path, readBoundedBytes(place, LARGEST)];
  }
}
