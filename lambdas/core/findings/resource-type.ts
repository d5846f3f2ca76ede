/** How ASFF calls the services whose name it does not take as Config has it (Security Hub user guide, "Resources"). */
const SERVICES: Readonly<Record<string, string>> = {
  ACM: 'CertificateManager',
  EC2: 'Ec2',
  ECR: 'Ecr',
  ECS: 'Ecs',
  EFS: 'Efs',
  EKS: 'Eks',
  IAM: 'Iam',
  KMS: 'Kms',
  RDS: 'Rds',
  S3: 'S3',
  SNS: 'Sns',
  SQS: 'Sqs',
};

const RESOURCES: Readonly<Record<string, string>> = {
  DBCluster: 'DbCluster',
  DBInstance: 'DbInstance',
  EIP: 'Eip',
  VPC: 'Vpc',
};

/** Resources whose type ASFF knows, as Config calls them. It has `Other` for all the rest. */
const KNOWN: ReadonlySet<string> = new Set([
  'AWS::ACM::Certificate',
  'AWS::CloudFormation::Stack',
  'AWS::CloudFront::Distribution',
  'AWS::CloudTrail::Trail',
  'AWS::CodeBuild::Project',
  'AWS::EC2::EIP',
  'AWS::EC2::Instance',
  'AWS::EC2::LaunchTemplate',
  'AWS::EC2::NetworkAcl',
  'AWS::EC2::NetworkInterface',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::Volume',
  'AWS::EC2::VPC',
  'AWS::ECR::Repository',
  'AWS::ECS::Cluster',
  'AWS::ECS::Service',
  'AWS::ECS::TaskDefinition',
  'AWS::EKS::Cluster',
  'AWS::IAM::Group',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::IAM::User',
  'AWS::KMS::Key',
  'AWS::Lambda::Function',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::Redshift::Cluster',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
]);

/** The type of a resource in ASFF, from that of Config: `AWS::S3::Bucket` is `AwsS3Bucket`. */
export function resourceTypeOf(type: string): string {
  if (type === 'AWS::::Account') return 'AwsAccount';
  if (!KNOWN.has(type)) return 'Other';
  const [, service = '', resource = ''] = type.split('::');
  return `Aws${SERVICES[service] ?? service}${RESOURCES[resource] ?? resource}`;
}
