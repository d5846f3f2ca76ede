import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CompiledContainment } from '../../lambdas/core/config/guardduty.ts';
import type { CompiledQuarantine } from '../../lambdas/core/config/quarantine.ts';
import { synthesizeTemplate } from '../../lib/synthesize.ts';
import { readTemplate, resourcesOf, type Template } from '../support/template.ts';
import { fullConfiguration, testConfiguration } from './configuration.ts';

const { compiled } = fullConfiguration;
const limits = { perPolicyAndHour: 1, perRepositoryAndHour: 1 };
const synthesize = (policies: CompiledQuarantine['policies']) =>
  readTemplate(
    synthesizeTemplate({
      configuration: {
        ...fullConfiguration,
        compiled: {
          ...compiled,
          iam: undefined,
          guardDuty: undefined,
          config: undefined,
          images: { ...compiled.images, quarantine: { policies, protectedRepositories: [], limits } },
        },
      },
    }),
  );
const whole = readTemplate(synthesizeTemplate({ configuration: fullConfiguration }));

const statements = z.object({
  Roles: z.array(z.object({ Ref: z.string() })),
  PolicyDocument: z.object({
    Statement: z.array(z.object({ Action: z.union([z.string(), z.array(z.string())]), Resource: z.unknown() })),
  }),
});

/** Every right of every role: the logical id of the role, an action and the resources of its statement. */
function grantsOf(template: Template) {
  return resourcesOf(template, 'AWS::IAM::Policy').flatMap(([, { Properties }]) => {
    const { Roles, PolicyDocument } = statements.parse(Properties);
    return PolicyDocument.Statement.flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) => Roles.map(({ Ref }) => ({ role: Ref, action, on: JSON.stringify(Resource) }))),
    );
  });
}

/** What is neither reading (a report is only read) nor the service's own books and messages: tables, queues, logs, traces, findings, its own verdicts in Config, its buttons. */
const isChange = ({ action }: { readonly action: string }) =>
  !/^(dynamodb|sqs|logs|xray|kms):|^securityhub:Batch(Import|Update)Findings$|^config:PutEvaluations$|^securityhub:\w+ActionTarget$|^iam:GenerateCredentialReport$/.test(
    action,
  ) && !/^\w+:(Get|List|Describe|BatchGet)/.test(action);
const changesOf = (template: Template) =>
  distinct(
    grantsOf(template)
      .filter(isChange)
      .map(({ action }) => action),
  );
const distinct = (texts: readonly string[]) => [...new Set(texts)].toSorted();

describe('rights to change anything', () => {
  it('are the executor’s alone, but for the canary of the heartbeat', () => {
    const changes = grantsOf(whole).filter(isChange);
    const [others, executors] = [false, true].map((wanted) =>
      changes.filter(({ role }) => role.startsWith('PlanExecutionExecutor') === wanted),
    );

    expect(executors?.length).toBeGreaterThan(0);
    expect(distinct(others?.map(({ action, on }) => `${action} ${on}`) ?? [])).toEqual(
      ['DeleteRolePolicy', 'PutRolePolicy'].map((name) =>
        expect.stringMatching(new RegExp(`^iam:${name} .*"HeartbeatCanary[^"]*","Arn"]}$`)),
      ),
    );
  });

  it('leave words beside findings of other products to the recorder', () => {
    const writers = grantsOf(whole).filter(({ action }) => action === 'securityhub:BatchUpdateFindings');

    expect(writers.map(({ role }) => role)).toEqual([expect.stringMatching(/^FindingsRecorder/)]);
  });

  it.each<[string, CompiledQuarantine['policies'], string[]]>([
    ['only observes', { a: { mode: 'observe', upTo: 'delete' } }, []],
    ['tags', { a: { mode: 'enforce', upTo: 'tag' } }, ['ecr:BatchDeleteImage', 'ecr:PutImage']],
    [
      'archives under one of its policies',
      { a: { mode: 'observe', upTo: 'archive' }, b: { mode: 'approve', upTo: 'archive' } },
      ['ecr:BatchDeleteImage', 'ecr:PutImage', 'ecr:UpdateImageStorageClass'],
    ],
  ])('follow from a configuration that %s', (_, policies, actions) => {
    expect(changesOf(synthesize(policies))).toEqual(actions);
  });

  it.each<[CompiledContainment['credentials']['mode'], string[]]>([
    ['observe', []],
    [
      'approve',
      [
        'iam:AttachUserPolicy',
        'iam:DeleteRolePolicy',
        'iam:DeleteUserPolicy',
        'iam:DetachUserPolicy',
        'iam:PutRolePolicy',
        'iam:PutUserPolicy',
        'iam:UpdateAccessKey',
      ],
    ],
  ])('follow from a containment in mode %s', (mode, actions) => {
    const containment: CompiledContainment = {
      credentials: { mode, expires: 3600, sessions: 'one' },
      protected: [],
      limits: { perHour: 1 },
    };
    const guardDuty = { mode: 'observe', leastConfidence: 50, containment } as const;
    const images = { ...compiled.images, quarantine: undefined };
    const configuration = {
      ...fullConfiguration,
      compiled: { ...compiled, iam: undefined, config: undefined, images, guardDuty },
    };

    expect(changesOf(readTemplate(synthesizeTemplate({ configuration })))).toEqual(actions);
  });

  it('do not exist without a quarantine, nor does anything that could use them', () => {
    const template = readTemplate(synthesizeTemplate({ configuration: testConfiguration }));
    const names = resourcesOf(template, 'AWS::Lambda::Function').map(([, one]) => one.Metadata['countersign:function']);

    expect(changesOf(template)).toEqual([]);
    expect(names).not.toContain('plan-executor');
    expect(names).not.toContain('operator-action');
  });
});

describe('the ledger', () => {
  const [id = '', table] =
    resourcesOf(whole, 'AWS::DynamoDB::Table').find(([name]) => name.startsWith('PlanLedger')) ?? [];

  it('outlives the stack, is recoverable and encrypted, and forgets nothing', () => {
    expect(table).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      },
    });
    expect(table?.Properties).not.toHaveProperty('TimeToLiveSpecification');
  });

  it('is read by key and written in whole rows, by the functions that have to', () => {
    const grants = grantsOf(whole).filter(({ on }) => on.includes(id));

    expect(distinct(grants.map(({ action }) => action))).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem']);
    expect(distinct(grants.map(({ role }) => role.replace(/Role[0-9A-F]+$/, '')))).toEqual([
      'ConfigAnswersReaction',
      'GuardDutyAnswersReaction',
      'IamDriftReaction',
      'ImageVerificationReaction',
      'OperatorActionsOperator',
      'PlanExecutionExecutor',
    ]);
  });
});

describe('reading images', () => {
  it('leaves no time of a pull behind, whoever reads', () => {
    const readers = distinct(
      grantsOf(whole).flatMap(({ role, action }) => (action === 'ecr:BatchGetImage' ? [role] : [])),
    );
    const excluded = resourcesOf(whole, 'AWS::ECR::PullTimeUpdateExclusion').map(
      ([, { Properties }]) =>
        z.object({ 'Fn::GetAtt': z.array(z.string()) }).parse(Properties.PrincipalArn)['Fn::GetAtt'][0],
    );

    expect(readers).toHaveLength(2);
    expect(excluded.toSorted()).toEqual(readers);
  });
});
