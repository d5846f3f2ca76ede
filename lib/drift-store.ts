import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ServiceFunction } from './service-function.ts';
import type { ServiceKey } from './service-key.ts';

/** One row per principal or policy that ever deviated, and one per baseline that was ever accepted, by which an older one is told. */
export class DriftStore extends Construct {
  readonly table: Table;
  private readonly key: ServiceKey;

  constructor(scope: Construct, id: string, props: { readonly key: ServiceKey }) {
    super(scope, id);
    this.key = props.key;
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'resource', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.key.key,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.table).acknowledge({
      id: 'NIST.800.53.R5::NIST.800.53.R5-DynamoDBInBackupPlan',
      reason:
        'Point-in-time recovery covers 35 days, and drift can be found again from the account. An organisation with a backup plan selects the table by its tags.',
    });
  }

  /** Reads by key and conditional writes of single items. */
  allowReadAndWrite(user: ServiceFunction): void {
    this.#allow(user, ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem']);
  }

  /** Reads what was accepted, and notes what is newer. */
  allowBaselines(user: ServiceFunction): void {
    this.#allow(user, ['dynamodb:GetItem', 'dynamodb:PutItem']);
  }

  /** The same, finds whose drift is open, and keeps which checks were told of. */
  allowSweep(user: ServiceFunction): void {
    this.#allow(user, ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:Scan']);
  }

  /** Reads by key. */
  allowRead(user: ServiceFunction): void {
    this.#allow(user, ['dynamodb:GetItem']);
  }

  /** Reads all rows. */
  allowList(user: ServiceFunction): void {
    this.#allow(user, ['dynamodb:GetItem', 'dynamodb:Scan']);
  }

  #allow(user: ServiceFunction, actions: string[]): void {
    user.allow(new PolicyStatement({ actions, resources: [this.table.tableArn] }), this.key.statementFor('dynamodb'));
  }
}
