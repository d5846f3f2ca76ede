import { IAMClient } from '@aws-sdk/client-iam';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const iam = (): IAMClient => new IAMClient(CLIENT_OPTIONS);
