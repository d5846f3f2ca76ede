import type { Subject } from './threat.ts';

/** What a threat is about, in words. */
export function describeSubject(subject: Subject): string {
  switch (subject.kind) {
    case 'credential':
      return `access key ${subject.keyId || '(none)'} of ${subject.userType} ${subject.userName}`;
    case 'instance':
      return `instance ${subject.instanceId}`;
    case 'buckets':
      return `bucket ${subject.names.join(', ')}`;
    case 'container':
      return `containers of ${subject.images.join(', ') || 'an unnamed image'}`;
    case 'function':
      return `function ${subject.arn}`;
    case 'database':
      return `database ${subject.id}`;
    case 'other':
      return `a resource of type ${subject.resourceType}`;
  }
}
