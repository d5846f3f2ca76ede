import { EC2Client } from '@aws-sdk/client-ec2';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const ec2 = (): EC2Client => new EC2Client(CLIENT_OPTIONS);
