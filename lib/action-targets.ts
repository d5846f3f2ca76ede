import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';

/** The custom actions of Security Hub, made and taken away with the stack in every region: CloudFormation itself has them in a few. */
export class ActionTargets extends Construct {
  readonly maker: ServiceFunction;

  constructor(
    scope: Construct,
    id: string,
    { defaults, actions }: { readonly defaults: FunctionDefaults; readonly actions: readonly string[] },
  ) {
    super(scope, id);
    this.maker = new ServiceFunction(this, 'Maker', {
      ...defaults,
      name: 'action-targets',
      description: 'Makes the custom actions of Security Hub when the stack is deployed',
      timeout: Duration.minutes(1),
      memorySize: 256,
      environment: {},
    });
    this.maker.allow(
      new PolicyStatement({
        actions: ['CreateActionTarget', 'UpdateActionTarget', 'DeleteActionTarget'].map(
          (name) => `securityhub:${name}`,
        ),
        resources: [Stack.of(this).formatArn({ service: 'securityhub', resource: 'hub/default' })],
      }),
    );
    new CustomResource(this, 'Targets', {
      resourceType: 'Custom::CountersignActionTargets',
      serviceToken: this.maker.function.functionArn,
      serviceTimeout: Duration.minutes(5),
      // Changes with the list, so that CloudFormation asks again.
      properties: { actions: actions.join(' ') },
    }).node.addDependency(this.maker.role);
  }
}
