import {
  CredentialReportExpiredException,
  CredentialReportNotPresentException,
  CredentialReportNotReadyException,
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { parseCredentialReport, type UserCredentials } from '../core/iam/checks/credential-report.ts';

/**
 * The credential report of the account, which IAM makes in the background and no more than once in four hours (IAM User Guide, "Getting credential reports"). Asks for
 * a new one and takes what is there; undefined where IAM is still at it, which the next sweep will find done.
 */
export async function readCredentialReport(iam: IAMClient): Promise<readonly UserCredentials[] | undefined> {
  await iam.send(new GenerateCredentialReportCommand({}));
  try {
    const { Content } = await iam.send(new GetCredentialReportCommand({}));
    return parseCredentialReport(Buffer.from(Content ?? []).toString('utf8'));
  } catch (thrown) {
    const isUnderWay =
      thrown instanceof CredentialReportNotReadyException ||
      thrown instanceof CredentialReportNotPresentException ||
      thrown instanceof CredentialReportExpiredException;
    if (isUnderWay) return undefined;
    throw thrown;
  }
}
