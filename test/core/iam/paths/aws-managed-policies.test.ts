import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { judgePolicies } from '../../../../lambdas/core/iam/paths/judge-policies.ts';
import { corpusPath, describeWithCorpus } from '../../../support/corpus.ts';

const line = z.looseObject({ name: z.string(), document: z.union([z.string(), z.record(z.string(), z.unknown())]) });

/** Policies of AWS that give a proven path, each with its reason: what may be handed to whom, or what may be changed that runs already. docs/iam-escalation.md has it as a table. */
const FLAGGED: Readonly<Record<string, string>> = {
  AWSBatchServiceRolePolicyForSageMaker: 'any role to SageMaker, which runs training jobs of its making',
  AWSCodeBuildDeveloperAccess: 'starts any build; the build commands can be given with the call',
  AWSCodePipelineFullAccess: 'any role to CodePipeline, with a pipeline of its making',
  AWSElasticBeanstalkService: 'any role to any service, with stacks, builds and instances of its making',
  AWSFaultInjectionSimulatorECSAccess: 'any command on any managed node that is no instance',
  AWSFaultInjectionSimulatorSSMAccess: 'any command on any instance; any role to Systems Manager',
  AWSLicenseManagerMemberAccountRolePolicy: 'any document on any instance, by an association',
  AWSServiceRoleForImageBuilder: 'any role to EC2, with instances of its making',
  AWSStepFunctionsConsoleFullAccess: 'changes any state machine, and starts it',
  'AdministratorAccess-Amplify': 'may write policies and make roles as it likes: administrator rights by any name',
  AmazonDynamoDBFullAccesswithDataPipeline: 'any role to any service, with pipelines and instances of its making',
  AmazonEventBridgeSchedulerFullAccess: 'any role to the scheduler, which makes any call with it',
  AmazonSSMFullAccess: 'a session, or any command, on any instance',
  AmazonSageMakerModelRegistryFullAccess: 'any role to SageMaker, with models of its making',
  AmazonSageMakerServiceCatalogProductsLambdaServiceRolePolicy: 'opens any notebook, or has it run a script',
  AutoScalingServiceRolePolicy: 'any role to EC2, with instances of its making',
  CloudWatchEventsFullAccess: 'any role to the scheduler, which makes any call with it',
  EC2InstanceConnect: 'its own key on any instance',
  SystemAdministrator: 'changes what any instance and any function runs',
};

describeWithCorpus('the managed policies of AWS', ['aws-managed-policies', 'policies.jsonl'], () => {
  const judged = readFileSync(corpusPath('aws-managed-policies', 'policies.jsonl') ?? '', 'utf8')
    .trim()
    .split('\n')
    .map((text) => line.parse(JSON.parse(text)))
    .map(({ name, document }) => ({ name, ...judgePolicies({ identityPolicies: [document] }) }));

  test('that give a proven path are these, less than one in twenty', () => {
    const flagged = judged.filter(({ paths }) => paths.some(({ status }) => status === 'proven'));

    expect(flagged.map(({ name }) => name).sort()).toEqual(Object.keys(FLAGGED).sort());
    expect(flagged.length / judged.length).toBeLessThan(0.05);
  });

  test('make one administrator: the one that may write policies', () => {
    expect(judged.filter(({ admin }) => admin).map(({ name }) => name)).toEqual(['AdministratorAccess-Amplify']);
  });

  test('name the statements of each path', () => {
    const paths = judged.flatMap(({ paths }) => paths);

    expect(paths.every(({ statements }) => statements.length > 0)).toBe(true);
  });
});
