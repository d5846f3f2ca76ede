import { KMSClient } from '@aws-sdk/client-kms';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const kms = (): KMSClient => new KMSClient(CLIENT_OPTIONS);
