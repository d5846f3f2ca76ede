import { EC2ServiceException } from '@aws-sdk/client-ec2';

/** EC2 has no classes of errors: the code is the name. */
export function ec2Fault(name: string, message: string, httpStatusCode = 400): EC2ServiceException {
  return new EC2ServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode } });
}
