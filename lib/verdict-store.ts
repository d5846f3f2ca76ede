import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ServiceFunction } from './service-function.ts';
import type { ServiceKey } from './service-key.ts';

const DUE_INDEX = 'due';

/**
 * One row per image digest, `image` = `<account>/<region>/<repository>@<digest>`, with its verdict and the evidence for it. Rows of other kinds have keys that no
 * image can have.
 * The table outlives the stack: verdicts are what an investigation asks for, and rows leave by their own `expiresAt`.
 */
export class VerdictStore extends Construct {
  readonly table: Table;
  private readonly key: ServiceKey;

  constructor(scope: Construct, id: string, props: { readonly key: ServiceKey }) {
    super(scope, id);
    this.key = props.key;
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'image', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.key.key,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // What is due, in the order of time. Only rows with a time are in it, and nothing of them but their keys.
    this.table.addGlobalSecondaryIndex({
      indexName: DUE_INDEX,
      partitionKey: { name: 'due', type: AttributeType.STRING },
      sortKey: { name: 'dueAt', type: AttributeType.NUMBER },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    Validations.of(this.table).acknowledge({
      id: 'NIST.800.53.R5::NIST.800.53.R5-DynamoDBInBackupPlan',
      reason:
        'Point-in-time recovery covers 35 days, and every verdict can be made again from the registry. An organisation with a backup plan selects the table by its tags.',
    });
  }

  /** Reads by key and conditional writes of single items: nothing can list, delete or scan verdicts. */
  allowReadAndWrite(user: ServiceFunction): void {
    this.allow(user, ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem']);
  }

  /** Reads one verdict by its key. */
  allowReadOne(user: ServiceFunction): void {
    this.allow(user, ['dynamodb:GetItem']);
  }

  /** Reads by key: the executor asks once more before it acts. */
  allowRead(user: ServiceFunction): void {
    this.allow(user, ['dynamodb:GetItem', 'dynamodb:BatchGetItem']);
  }

  /** Reads many verdicts at once and the keys of those that are due, and keeps notes of its own. */
  allowSweep(user: ServiceFunction): void {
    this.allow(user, ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem']);
    const index = `${this.table.tableArn}/index/${DUE_INDEX}`;
    user.allow(new PolicyStatement({ actions: ['dynamodb:Query'], resources: [index] }));
  }

  /** Reads all verdicts. */
  allowList(user: ServiceFunction): void {
    this.allow(user, ['dynamodb:Scan']);
  }

  /** Reads and conditional writes of the rows that hold refreshed trusted roots, and of no verdict. */
  allowRoots(user: ServiceFunction): void {
    user.allow(
      new PolicyStatement({
        actions: ['dynamodb:BatchGetItem', 'dynamodb:PutItem'],
        resources: [this.table.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['trusted root *'] } },
      }),
      this.key.statementFor('dynamodb'),
    );
  }

  private allow(user: ServiceFunction, actions: string[]): void {
    user.allow(new PolicyStatement({ actions, resources: [this.table.tableArn] }), this.key.statementFor('dynamodb'));
  }
}
