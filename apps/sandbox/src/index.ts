export { startAnaplanSandbox, type AnaplanCredentials, type AnaplanSandboxOptions } from './anaplan/start.ts';
export {
  startNetSuiteSandbox,
  type NetSuiteCredentials,
  type NetSuiteSandbox,
  type NetSuiteSandboxOptions,
} from './netsuite/start.ts';
export {
  startSalesforceSandbox,
  type SalesforceCredentials,
  type SalesforceSandbox,
  type SalesforceSandboxOptions,
} from './salesforce/start.ts';
export { startSapSandbox, type SapCredentials, type SapSandbox, type SapSandboxOptions } from './sap/start.ts';
export type { RunningSandbox, SandboxOptions } from './sandbox.ts';
