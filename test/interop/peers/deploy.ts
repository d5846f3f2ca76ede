import assert from 'node:assert/strict';
import type { Checks } from '../harness/checks.ts';
import type { Workbench } from '../harness/workbench.ts';

/** Types of the stack without which the service would not run, all of which moto knows. */
const NEEDED = [
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SSM::Parameter',
];

/** `cdk bootstrap` and `cdk deploy` by the real command line, with moto for AWS. */
export async function checkDeployment(bench: Workbench, checks: Checks): Promise<void> {
  const moto = await bench.moto();
  const synthesized = await bench.synthesized();
  const wanted = Object.entries(synthesized.template.Resources);

  await checks.check('cdk deploy succeeds', () => moto.deploy(synthesized));
  const { status, resources } = await moto.describeStack();
  await checks.check('the stack is complete', () => assert.equal(status, 'CREATE_COMPLETE'));
  await checks.check('every resource without which nothing runs was made', () => {
    const made = new Set(resources.filter(({ name }) => name !== '').map(({ id, type }) => `${type} ${id}`));
    const missing = wanted.filter(([id, { Type }]) => NEEDED.includes(Type) && !made.has(`${Type} ${id}`));
    assert.deepEqual(
      missing.map(([id]) => id),
      [],
    );
    return `${made.size} of ${wanted.length} resources; the rest are of types that moto leaves out`;
  });
  await checks.check(
    'every function has the environment of the template, with names in place of references',
    async () => {
      for (const [, { Type, Properties }] of wanted) {
        if (Type !== 'AWS::Lambda::Function') continue;
        const environment = await moto.functionEnvironment(String(Properties.FunctionName));
        assert.ok(Object.keys(environment).length > 3);
        for (const [name, value] of Object.entries(environment)) {
          if (name.endsWith('_QUEUE_URL')) assert.match(value, /^https?:\/\/.+\/countersign-/, `${name} is a queue`);
        }
      }
    },
  );
}
