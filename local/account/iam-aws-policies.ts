/** A few policies of AWS, by the part of their ARN after `policy/`; shortened, but with the rights for which they are known. */
export const AWS_POLICIES: Readonly<Record<string, object>> = {
  AdministratorAccess: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  },
  ReadOnlyAccess: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['s3:Get*', 's3:List*', 'ec2:Describe*', 'iam:Get*'], Resource: '*' }],
  },
  AWSDenyAll: {
    Version: '2012-10-17',
    Statement: [{ Sid: 'DenyAll', Effect: 'Deny', Action: ['*'], Resource: '*' }],
  },
  IAMFullAccess: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }],
  },
  AWSCompromisedKeyQuarantineV3: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Deny', Action: ['iam:AttachRolePolicy', 'iam:CreateAccessKey', 'iam:CreateUser'], Resource: '*' },
    ],
  },
  'service-role/AWSLambdaBasicExecutionRole': {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:PutLogEvents'], Resource: '*' }],
  },
};
