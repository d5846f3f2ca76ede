import { SignerClient } from '@aws-sdk/client-signer';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const signerIn = (region: string): SignerClient => new SignerClient({ ...CLIENT_OPTIONS, region });
