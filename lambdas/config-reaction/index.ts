import { awsConfig } from '../aws/clients/aws-config.ts';
import { cloudtrail } from '../aws/clients/cloudtrail.ts';
import { dynamodb } from '../aws/clients/dynamodb.ts';
import { ec2 } from '../aws/clients/ec2.ts';
import { ecr } from '../aws/clients/ecr.ts';
import { iam } from '../aws/clients/iam.ts';
import { kms } from '../aws/clients/kms.ts';
import { lambda } from '../aws/clients/lambda.ts';
import { s3 } from '../aws/clients/s3.ts';
import { sqs } from '../aws/clients/sqs.ts';
import { realWiring } from '../aws/real-wiring.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler({
  ...realWiring(import.meta.url),
  clients: {
    sqs: sqs(),
    dynamodb: dynamodb(),
    awsConfig: awsConfig(),
    lambda: lambda(),
    s3: s3(),
    ec2: ec2(),
    kms: kms(),
    cloudtrail: cloudtrail(),
    ecr: ecr(),
    iam: iam(),
  },
});
