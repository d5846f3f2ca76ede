import { SQSClient } from '@aws-sdk/client-sqs';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const sqs = (): SQSClient => new SQSClient(CLIENT_OPTIONS);
