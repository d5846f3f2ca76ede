import { LimitExceededException, MalformedPolicyDocumentException } from '@aws-sdk/client-iam';
import { messageOf } from '../../lambdas/core/errors.ts';
import { parsePolicy } from '../../lambdas/core/iam/parse-policy.ts';
import type { PolicyDocument } from '../../lambdas/core/iam/policy-document.ts';
import { refusal } from './answer.ts';
import type { IamStore, StoredHolder } from './iam-store.ts';

/** Characters without white space (IAM User Guide, "IAM and AWS STS quotas"). */
const MOST = { role: 10_240, user: 2048, group: 5120, managed: 6144, trust: 2048 };

/** A document as every answer of IAM carries it: percent-encoded as RFC 3986 has it. */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Takes an identity policy. Throws MalformedPolicyDocument. */
export function checkIdentityPolicy(text: string | undefined): string {
  const { statements } = parse(text);
  if (statements.some(({ principals }) => principals !== undefined)) {
    throw malformed('Policy document should not specify a principal.');
  }
  if (statements.some(({ resources }) => resources === undefined)) {
    throw malformed('Policy statement must contain resources.');
  }
  if (statements.length === 0) throw malformed('Policy must contain a statement.');
  return text ?? '';
}

/** Takes a managed policy. Throws MalformedPolicyDocument and LimitExceeded. */
export function checkManagedPolicy(text: string | undefined): string {
  const document = checkIdentityPolicy(text);
  if (sizeOf(document) > MOST.managed) {
    throw refusal(LimitExceededException, `Cannot exceed quota for PolicySize: ${MOST.managed}`, 409);
  }
  return document;
}

/** Takes a trust policy: every principal of this account that it names must be there. */
export function checkTrustPolicy(store: IamStore, text: string | undefined): string {
  const { statements } = parse(text);
  if (statements.length === 0) throw malformed('AssumeRole policy must contain at least one statement');
  for (const { principals, resources } of statements) {
    if (principals === undefined) throw malformed('AssumeRole policy must contain principals');
    if (resources !== undefined) throw malformed('Has prohibited field Resource');
    for (const { kind, value } of principals.principals) if (kind === 'AWS') checkPrincipal(store, value);
  }
  if (sizeOf(text ?? '') > MOST.trust) {
    throw refusal(LimitExceededException, `Cannot exceed quota for ACLSizePerRole: ${MOST.trust}`, 409);
  }
  return text ?? '';
}

function checkPrincipal(store: IamStore, value: string): void {
  const own = `arn:aws:iam::${store.context.id}:`;
  if (!value.startsWith(own) || value === `${own}root`) return;
  const known = store.holders().some((holder) => holder.kind !== 'group' && store.arnOf(holder) === value);
  if (!known) throw malformed(`Invalid principal in policy: "AWS":"${value}"`);
}

/** Whether the inline policies of a holder keep to their common quota with one of them changed. Throws LimitExceeded. */
export function checkInlineQuota(
  kind: 'role' | 'user' | 'group',
  holder: StoredHolder,
  name: string,
  text: string,
): void {
  const sizes = new Map([...holder.inline].map(([other, document]) => [other, sizeOf(document)]));
  sizes.set(name, sizeOf(text));
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (total > MOST[kind]) {
    throw refusal(
      LimitExceededException,
      `Maximum policy size of ${MOST[kind]} bytes exceeded for ${kind} ${holder.name}`,
      409,
    );
  }
}

/** In trust policies the ARN of a principal that is gone becomes its unique id, and stays that when the name is given anew. */
export function orphanPrincipal(store: IamStore, arn: string, id: string): void {
  for (const role of store.roles.values()) role.trust = role.trust.replaceAll(JSON.stringify(arn), JSON.stringify(id));
}

function parse(text: string | undefined): PolicyDocument {
  try {
    return parsePolicy(text ?? '');
  } catch (error) {
    throw malformed(`Syntax errors in policy. ${messageOf(error)}`);
  }
}

function sizeOf(text: string): number {
  return text.replaceAll(/\s/g, '').length;
}

function malformed(message: string): MalformedPolicyDocumentException {
  return refusal(MalformedPolicyDocumentException, message);
}
