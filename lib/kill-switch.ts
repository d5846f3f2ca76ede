import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';

/**
 * The switch that stops every change Countersign could make to the account: an operator sets `/countersign/kill-switch` to `on`.
 * The plan-executor, which alone changes anything, reads it before each change; nothing of the service may write it.
 * CloudFormation writes the value when it creates the parameter and not again: a deployment does not release the switch.
 */
export class KillSwitch extends Construct {
  readonly parameter: StringParameter;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.parameter = new StringParameter(this, 'Parameter', {
      parameterName: '/countersign/kill-switch',
      stringValue: 'off',
      allowedPattern: '^(on|off)$',
      description: 'Countersign: on stops every change that the service makes; off lets it act as configured.',
    });
  }
}
