import { partitionOf } from '../../aws-names.ts';
import { canonicalize } from '../../canonical-json.ts';
import { bucketPolicy, LONGEST_BUCKET_POLICY } from '../../ledger/calls/settings/bucket-policy.ts';
import { definePlaybook } from './define-playbook.ts';

const VERSION = '2012-10-17';
const SID = 'DenyWithoutTls';

/** A bucket that answers without TLS: its policy gets one statement more, which denies that. All others stay as they are. */
export const s3TlsOnly = definePlaybook(
  {
    rules: ['s3-bucket-ssl-requests-only'],
    controls: ['S3.5'],
    resourceType: 'AWS::S3::Bucket',
    setting: 'bucket-policy',
    target: ({ id }) => id,
    nameOf: ({ region, id }) => `arn:${partitionOf(region)}:s3:::${id}`,
    decide(content, target, { region }) {
      const arn = `arn:${partitionOf(region)}:s3:::${target}`;
      const statements = [content?.Statement ?? []].flat();
      const deny = denyWithoutTls(arn);
      if (statements.some((one) => bucketPolicy.isSame(write(one), write(deny)))) return { is: 'right' };
      const taken = statements.some((one) => isNamed(one, SID));
      const to = {
        Version: VERSION,
        ...content,
        Statement: [...statements, taken ? deny : { Sid: SID, ...deny }],
      };
      if (content !== null && content.Version !== VERSION) {
        return refuse('old-version', 'The policy is written in an older version of the language.');
      }
      if (canonicalize(to).length > LONGEST_BUCKET_POLICY) return refuse('too-long', 'The policy would be too long.');
      return { is: 'change', to };
    },
    effect: 'Whoever asks over plain HTTP is refused.',
    inTemplate: 'a bucket policy that denies s3:* where aws:SecureTransport is false',
  },
  bucketPolicy,
);

function denyWithoutTls(arn: string) {
  return {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/** The statement alone as a policy, without its name. */
function write(statement: unknown): string | null {
  if (typeof statement !== 'object' || statement === null) return null;
  const { Sid: _sid, ...rest } = { Sid: '', ...statement };
  return canonicalize({ Statement: [rest] });
}

function isNamed(statement: unknown, sid: string): boolean {
  return typeof statement === 'object' && statement !== null && 'Sid' in statement && statement.Sid === sid;
}

function refuse(code: string, message: string) {
  return { is: 'refuse', reason: { code, message } } as const;
}
