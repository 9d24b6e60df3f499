export { isoInstant, positionOf } from './account-query.ts';
export type { AccountPosition } from './account-query.ts';
export { createSalesforceClient } from './client.ts';
export type { Reading, SalesforceClient } from './client.ts';
export { salesforceConfig } from './config.ts';
export type { SalesforceConfig } from './config.ts';
export { customerIdOf, mapCustomer } from './customer.map.ts';
export type { CustomerState, MappedAccount, MappingProblem } from './customer.map.ts';
export type { Account, AccountStamp, SaveResult } from './vendor-types.ts';
