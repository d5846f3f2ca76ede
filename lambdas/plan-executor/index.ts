import { cloudtrail } from '../aws/clients/cloudtrail.ts';
import { dynamodb } from '../aws/clients/dynamodb.ts';
import { ec2 } from '../aws/clients/ec2.ts';
import { ecr } from '../aws/clients/ecr.ts';
import { ecs } from '../aws/clients/ecs.ts';
import { iam } from '../aws/clients/iam.ts';
import { kms } from '../aws/clients/kms.ts';
import { lambda } from '../aws/clients/lambda.ts';
import { s3 } from '../aws/clients/s3.ts';
import { signerIn } from '../aws/clients/signer.ts';
import { sqs } from '../aws/clients/sqs.ts';
import { ssm } from '../aws/clients/ssm.ts';
import { realWiring } from '../aws/real-wiring.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler({
  ...realWiring(import.meta.url),
  signerIn,
  clients: {
    ecr: ecr(),
    sqs: sqs(),
    dynamodb: dynamodb(),
    ssm: ssm(),
    ecs: ecs(),
    lambda: lambda(),
    iam: iam(),
    s3: s3(),
    ec2: ec2(),
    kms: kms(),
    cloudtrail: cloudtrail(),
  },
});
