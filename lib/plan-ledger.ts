import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { ServiceFunction } from './service-function.ts';
import type { ServiceKey } from './service-key.ts';

/**
 * One row per plan with all that happened to it, and one per limit. It outlives the stack and nothing in it ends by itself: what was changed, by whose word, and how
 * it is taken back is evidence.
 */
export class PlanLedger extends Construct {
  readonly table: Table;
  private readonly key: ServiceKey;

  constructor(scope: Construct, id: string, props: { readonly key: ServiceKey }) {
    super(scope, id);
    this.key = props.key;
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'plan', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.key.key,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // The name is CloudFormation's, so that a retained table never stands in the way of a new one; operators find it here.
    new StringParameter(this, 'Name', {
      parameterName: '/countersign/ledger-table',
      stringValue: this.table.tableName,
      description: 'Countersign: the table that holds the ledger, for `countersign plan`.',
    });
    Validations.of(this.table).acknowledge({
      id: 'NIST.800.53.R5::NIST.800.53.R5-DynamoDBInBackupPlan',
      reason:
        'Point-in-time recovery covers 35 days, within which a plan is taken back or stands. An organisation with a backup plan selects the table by its tags.',
    });
  }

  /** Reads by key and conditional writes of whole rows, each of which carries its chained history: nothing can list or delete plans. */
  allowReadAndWrite(user: ServiceFunction): void {
    user.allow(
      new PolicyStatement({ actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [this.table.tableArn] }),
      this.key.statementFor('dynamodb'),
    );
  }
}
