import { pushBlob } from '../../../local/account/push-image.ts';
import { describeAwsContract } from '../../contract/aws-contract.ts';
import { prepareAccount } from './prepare.ts';

describeAwsContract('the embedded account keeps the contract', async () => {
  const { account } = prepareAccount();
  return {
    clients: account.clients,
    account: account.id,
    region: account.region,
    fetch: account.fetch,
    uploadBlob: (repository, blob) => pushBlob(account.clients.ecr, repository, blob),
  };
});
