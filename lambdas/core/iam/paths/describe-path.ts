import type { FoundPath } from './found-path.ts';

/** A path in one line: `iam-005 through statement 2 of inline policy x, to arn:..., assuming ...`. */
export function describePath({ id, statements, target, assuming, because }: FoundPath): string {
  const places = new Set(statements.map(({ policy, statement }) => `statement ${statement} of ${policy}`));
  return [
    `${id} through ${[...places].join(' and ') || 'a trust policy'}`,
    ...(target === undefined ? [] : [`to ${target}`]),
    ...(assuming === undefined ? [] : [`assuming ${assuming}`]),
    ...(because === undefined ? [] : [because]),
  ].join(', ');
}
