import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CLIENT_OPTIONS } from '../real-wiring.ts';

export const dynamodb = (): DynamoDBDocumentClient => DynamoDBDocumentClient.from(new DynamoDBClient(CLIENT_OPTIONS));
