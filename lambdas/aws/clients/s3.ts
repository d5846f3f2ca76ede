import { S3Client } from '@aws-sdk/client-s3';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const s3 = (): S3Client => new S3Client(CLIENT_OPTIONS);
