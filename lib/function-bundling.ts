import { OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** How the code of every function is bundled. */
export const FUNCTION_BUNDLING = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  sourceMap: true,
  // File and line are enough for a stack trace; the sources themselves would triple the package.
  sourcesContent: false,
  // The X-Ray SDK under the Powertools tracer is CommonJS and requires Node's own modules, which an ES module cannot without this.
  banner:
    "import { createRequire as createBundleRequire } from 'node:module';const require = createBundleRequire(import.meta.url);",
  bundleAwsSDK: true,
};
