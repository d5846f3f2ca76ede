import { DescribeTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { readTagList } from './setting-adapter.ts';

/** The tags of a resource of EC2: at most 50 (EC2 User Guide, "Tag restrictions"), and a few that AWS sets. */
export async function readTagsOf(ec2: EC2Client, id: string): Promise<Readonly<Record<string, string>>> {
  const filters = [{ Name: 'resource-id', Values: [id] }];
  return readTagList((await ec2.send(new DescribeTagsCommand({ Filters: filters, MaxResults: 1000 }))).Tags);
}
