import { z } from 'zod';
import type { KeyDescriptions } from './key-descriptions.ts';

/** A JSON Schema (2020-12) as it is generated: as much of it as is walked through. */
export interface JsonSchema {
  [key: string]: unknown;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  $defs?: Record<string, JsonSchema>;
  $ref?: string;
  required?: string[];
  description?: string;
  default?: unknown;
}

const jsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.looseObject({
    properties: z.record(z.string(), jsonSchema).optional(),
    additionalProperties: z.union([jsonSchema, z.boolean()]).optional(),
    items: jsonSchema.optional(),
    anyOf: z.array(jsonSchema).optional(),
    $defs: z.record(z.string(), jsonSchema).optional(),
    $ref: z.string().optional(),
    required: z.array(z.string()).optional(),
    description: z.string().optional(),
    default: z.unknown().optional(),
  }),
);

/** One key of a document, at a place: `signers.NAME.key.file`. */
export interface Key {
  readonly place: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
  /** Whether it belongs to one of several forms that the value around it may have. */
  readonly ofOneForm: boolean;
}

/** The name under which zod puts the one schema that refers to itself, and the name that people read. */
const RECURSIVE = '__schema0';
const REQUIREMENT = 'requirement';

/** The JSON Schema of a document, each key with its description. */
export function makeEditorSchema(schema: z.ZodType, title: string, descriptions: KeyDescriptions): JsonSchema {
  const made = jsonSchema.parse(
    JSON.parse(
      JSON.stringify(z.toJSONSchema(schema, { io: 'input' })).replaceAll(
        `"#/$defs/${RECURSIVE}"`,
        `"#/$defs/${REQUIREMENT}"`,
      ),
    ),
  );
  const { [RECURSIVE]: requirement, ...defs } = made.$defs ?? {};
  const named = {
    title,
    ...made,
    ...(requirement !== undefined && { $defs: { ...defs, [REQUIREMENT]: requirement } }),
  };
  for (const { place, schema: key } of listKeys(named)) {
    const description = descriptions[place];
    if (description !== undefined) key.description = description;
  }
  return named;
}

/** Every key of a document, those of its requirements at the end. */
export function listKeys(schema: JsonSchema): readonly Key[] {
  const requirement = schema.$defs?.[REQUIREMENT];
  return [...walk(schema, ''), ...(requirement === undefined ? [] : walk(requirement, REQUIREMENT))];
}

function* walk(schema: JsonSchema, place: string, ofOneForm = false): Generator<Key> {
  for (const form of schema.anyOf ?? []) yield* walk(form, place, true);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const below = place === '' ? name : `${place}.${name}`;
    yield { place: below, schema: property, required: schema.required?.includes(name) ?? false, ofOneForm };
    yield* walk(property, below);
  }
  if (typeof schema.additionalProperties === 'object') yield* walk(schema.additionalProperties, `${place}.NAME`);
  if (schema.items !== undefined) yield* walk(schema.items, `${place}[]`);
}
