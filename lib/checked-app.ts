import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';

/**
 * An app that refuses to synthesize what breaks the rules of cdk-nag (AWS Solutions, Serverless, NIST 800-53 revision 5), beside the
 * schema rules that the CDK itself applies. Each exception stands at its construct, with its reason.
 */
export function createCheckedApp(props?: AppProps): App {
  const app = new App(props);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app), new NIST80053R5Checks(app));
  return app;
}
