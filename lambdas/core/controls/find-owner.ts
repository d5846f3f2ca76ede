/** A tag that says of a resource which tool holds it. */
export interface OwnerTag {
  readonly key: string;
  /** Absent: any value. */
  readonly value?: string | undefined;
}

/** Who would put back what is changed beside it. */
export type Owner =
  | { readonly tool: 'cloudformation'; readonly stack: string; readonly logicalId: string }
  | { readonly tool: 'terraform'; readonly tag: string };

/**
 * The tool that a resource belongs to, by its tags: CloudFormation sets two of its own, which nobody else can (CloudFormation User Guide, "Resource tag"); for
 * Terraform the configuration says which tag its modules set.
 */
export function findOwner(tags: Readonly<Record<string, string>>, ownerTags: readonly OwnerTag[]): Owner | undefined {
  const { 'aws:cloudformation:stack-name': stack, 'aws:cloudformation:logical-id': logicalId } = tags;
  if (stack !== undefined || logicalId !== undefined) {
    return { tool: 'cloudformation', stack: stack ?? 'an unnamed stack', logicalId: logicalId ?? 'unknown' };
  }
  const mark = ownerTags.find(
    ({ key, value }) => tags[key] !== undefined && (value === undefined || tags[key] === value),
  );
  return mark && { tool: 'terraform', tag: `${mark.key}=${tags[mark.key] ?? ''}` };
}

/** An owner in words, as the beginning of "… would put it back". Values of tags are what anybody wrote there. */
export function describeOwner(owner: Owner): string {
  if (owner.tool === 'terraform') return `Terraform (tag ${clean(owner.tag)})`;
  return `CloudFormation (stack ${clean(owner.stack)}, logical id ${clean(owner.logicalId)})`;
}

function clean(text: string): string {
  return text.replaceAll(/[^\w .:/=+@-]/g, '?').slice(0, 100);
}
