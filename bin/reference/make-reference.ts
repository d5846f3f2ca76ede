import { configSchema } from '../../lambdas/core/config/schema.ts';
import { trustPolicySchema } from '../../lambdas/core/trust/policy.ts';
import { describeForm } from '../config/describe-schema.ts';
import { trustTestSchema } from '../trust-test/schema.ts';
import { type JsonSchema, listKeys, makeEditorSchema } from './editor-schema.ts';
import { CONFIG_KEYS, POLICY_KEYS, TRUST_TEST_KEYS } from './key-descriptions.ts';

/** The schemas of the documents, for editors. */
export const CONFIG_SCHEMA = makeEditorSchema(configSchema, 'countersign.config.yaml', CONFIG_KEYS);
export const POLICY_SCHEMA = makeEditorSchema(trustPolicySchema, 'Countersign trust policy', POLICY_KEYS);
export const TRUST_TEST_SCHEMA = makeEditorSchema(trustTestSchema, 'Countersign trust test', TRUST_TEST_KEYS);

/** The generated files: path from the top of the repository, and text. */
export function makeReference(): Readonly<Record<string, string>> {
  return {
    'docs/schema/config.schema.json': `${JSON.stringify(CONFIG_SCHEMA, null, 2)}\n`,
    'docs/schema/trust-policy.schema.json': `${JSON.stringify(POLICY_SCHEMA, null, 2)}\n`,
    'docs/schema/trust-test.schema.json': `${JSON.stringify(TRUST_TEST_SCHEMA, null, 2)}\n`,
    'docs/configuration.md': describeDocuments(),
  };
}

function describeDocuments(): string {
  return `# Configuration reference

Generated from the schemas by \`npm run docs\`: change those, not this file. \`npx countersign config check\` tells what is wrong with a configuration, with file, line and column;
\`npx cdk synth\` refuses the same. Unknown keys are errors. No mode has a default.

## countersign.config.yaml

${describeTable(CONFIG_SCHEMA)}

## The trust policy

Who may sign what. The configuration names it (\`images.trustPolicy\`), and \`countersign verify --policy\` takes it as it is. \`NAME\` is a name that you choose:
1 to 63 lower-case letters, digits and hyphens. YAML anchors, aliases, tags and duplicate keys are refused: what a reviewer sees is what is read.

${describeTable(POLICY_SCHEMA, (place) => !place.startsWith('requirement'))}

### A requirement

Stands under \`images[].require\`, and inside \`all\`, \`any\` and \`of\`, up to 8 deep. It has one of these forms: \`signedBy\`; \`attestedBy\` with what is attested; \`all\`; \`any\`; \`atLeast\` with \`of\`.

${describeTable(POLICY_SCHEMA, (place) => place.startsWith('requirement'))}

## A trust test

Cases of expected verdicts, for [\`countersign trust test\`](cli.md#trust-test).

${describeTable(TRUST_TEST_SCHEMA)}
`;
}

function describeTable(schema: JsonSchema, isWanted: (place: string) => boolean = () => true): string {
  const rows = new Map(
    listKeys(schema)
      .filter(({ place }) => isWanted(place))
      .map(({ place, schema: key, required, ofOneForm }) => {
        const yes = ofOneForm ? 'in its form' : 'yes';
        const needed = key.default !== undefined ? `default ${describeDefault(key.default)}` : required ? yes : 'no';
        const shown = place.replace(/^requirement\./, '');
        return [shown, `| \`${shown}\` | ${needed} | ${describeAccepted(key)} | ${key.description ?? ''} |`];
      }),
  );
  return ['| key | required | accepts | meaning |', '|---|---|---|---|', ...rows.values()].join('\n');
}

function describeDefault(value: unknown): string {
  return typeof value === 'object' ? 'none of them' : `\`${String(value)}\``;
}

function describeAccepted(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return 'a requirement';
  const forms = schema.anyOf ?? [schema];
  const described = [
    ...new Set(
      forms.map((form) =>
        form.properties === undefined ? describeForm(form).replace(/of the form (\^.*)$/, 'of the form `$1`') : 'a map',
      ),
    ),
  ].filter((text) => text !== '');
  return described.join(', or ').replaceAll('|', '\\|');
}
