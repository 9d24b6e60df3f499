export type { ChangeEvent, ChangeType } from './change-event.ts';
export { createSalesforceClient } from './client.ts';
export type { Reading, SalesforceClient } from './client.ts';
export { salesforceConfig } from './config.ts';
export type { SalesforceConfig } from './config.ts';
export { mapContract } from './contract.map.ts';
export type { ContractState } from './contract.map.ts';
export { mapCustomer } from './customer.map.ts';
export type { CustomerState } from './customer.map.ts';
export { ENTITY_NAMES, EVENT_FIELDS, isEntity } from './entities.ts';
export type { Entities, EntityName } from './entities.ts';
export { MAPPING_PROBLEMS } from './fate.ts';
export type { Mapped, MappingProblem } from './fate.ts';
export { customerIdOf, idOf } from './identity.ts';
export { mapOpportunity } from './opportunity.map.ts';
export type { OpportunityState } from './opportunity.map.ts';
export { STANDARD_PICKLISTS } from './picklists.ts';
export type { ContractStatus, Picklists } from './picklists.ts';
export { mapProduct } from './product.map.ts';
export type { ProductState } from './product.map.ts';
export { REPLAY_LOST, SESSION_ENDED } from './pubsub-failure.client.ts';
export type { Arrival, Subscription } from './pubsub.client.ts';
export { isRecordId } from './record-id.ts';
export { isoInstant, positionOf } from './soql.ts';
export type { Position } from './soql.ts';
export type {
  Account,
  Contract,
  ContractLine,
  ContractReading,
  NumberText,
  Opportunity,
  Product,
  RecordStamp,
  SaveResult,
  VendorRecord,
} from './vendor-types.ts';
