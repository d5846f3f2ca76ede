import { z } from 'zod';

/** The little of a JSON Schema that is needed to say what is accepted at a place. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const schemaShape: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    type: z.string().optional(),
    const: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    pattern: z.string().optional(),
    format: z.string().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minItems: z.number().optional(),
    maxItems: z.number().optional(),
    properties: z.record(z.string(), schemaShape).optional(),
    additionalProperties: z.union([z.boolean(), schemaShape]).optional(),
    items: schemaShape.optional(),
    anyOf: z.array(schemaShape).optional(),
    $ref: z.string().optional(),
    $defs: z.record(z.string(), schemaShape).optional(),
  }),
);

/** The names a schema knows at a place of the document, over all forms it may have there. */
export function listKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  return [...new Set(findForms(schema, path).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** What a schema accepts at a place of the document, in words; undefined where it has nothing to say. */
export function describeAccepted(schema: z.ZodType, path: readonly PropertyKey[]): string | undefined {
  const described = [
    ...new Set(
      findForms(schema, path)
        .map(describeForm)
        .filter((text) => text !== ''),
    ),
  ];
  return described.length === 0 ? undefined : described.join(', or ');
}

function findForms(schema: z.ZodType, path: readonly PropertyKey[]): readonly Schema[] {
  const top = schemaShape.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return path.reduce<readonly Schema[]>(
    (forms, part) => forms.flatMap((form) => spread(step(form, part), top)),
    spread(top, top),
  );
}

function step(form: Schema, part: PropertyKey): Schema | undefined {
  if (typeof part === 'number') return form.items;
  const property = form.properties?.[String(part)];
  if (property !== undefined) return property;
  return typeof form.additionalProperties === 'object' ? form.additionalProperties : undefined;
}

/** A schema as its alternatives, references followed. */
function spread(schema: Schema | undefined, top: Schema, depth = 0): readonly Schema[] {
  if (schema === undefined || depth > 8) return [];
  if (schema.$ref !== undefined) return spread(top.$defs?.[schema.$ref.replace('#/$defs/', '')], top, depth + 1);
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((form) => spread(form, top, depth + 1));
  return [schema];
}

/** One form in words. */
export function describeForm(form: Schema): string {
  if (form.const !== undefined) return JSON.stringify(form.const);
  if (form.enum !== undefined) return form.enum.map((value) => JSON.stringify(value)).join(', ');
  if (form.properties !== undefined) return `a map with ${Object.keys(form.properties).join(', ')}`;
  if (form.type === 'object') return 'a map';
  if (form.type === 'array') return `a list${describeRange(form.minItems, form.maxItems, ' of ')}`;
  if (form.type === 'integer' || form.type === 'number')
    return `a whole number${describeRange(form.minimum, form.maximum, ' ')}`;
  if (form.format !== undefined && form.type === 'string') return `text in the form of ${form.format}`;
  if (form.type === 'string') return form.pattern === undefined ? 'text' : `text of the form ${form.pattern}`;
  return form.type ?? '';
}

function describeRange(least: number | undefined, most: number | undefined, lead: string): string {
  return least === undefined && most === undefined ? '' : `${lead}${least ?? 0} to ${most ?? 'any'}`;
}
