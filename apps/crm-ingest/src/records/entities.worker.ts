import {
  idOf,
  mapContract,
  mapOpportunity,
  mapProduct,
  type ContractReading,
  type Opportunity,
  type Picklists,
  type Product,
  type SalesforceClient,
} from '@tieout/connector-salesforce';
import { keepContractLines } from './contract-line.store.ts';
import type { Entity } from './record-kind.worker.ts';

interface Org {
  readonly instance: string;
  readonly client: SalesforceClient;
  readonly picklists: Picklists;
}

export function products({ instance, client }: Org): Entity<'finance.product.v1', Product> {
  return {
    entity: 'Product2',
    topic: 'finance.product.v1',
    objectType: 'product',
    byId: (ids, signal) => client.byId('Product2', ids, signal),
    recordOf: (row) => row,
    keyOf: (recordId) => idOf('Product2', instance, recordId),
    map: (row) => mapProduct(row, instance),
  };
}

export function opportunities({ instance, client, picklists }: Org): Entity<'finance.opportunity.v1', Opportunity> {
  return {
    entity: 'Opportunity',
    topic: 'finance.opportunity.v1',
    objectType: 'opportunity',
    byId: (ids, signal) => client.byId('Opportunity', ids, signal),
    recordOf: (row) => row,
    keyOf: (recordId) => idOf('Opportunity', instance, recordId),
    map: (row) => mapOpportunity(row, instance, picklists),
  };
}

/** A contract is one record with its lines, whichever of them changed. */
export function contracts({ instance, client, picklists }: Org): Entity<'finance.contract.v1', ContractReading> {
  return {
    entity: 'Contract',
    topic: 'finance.contract.v1',
    objectType: 'contract',
    byId: (ids, signal) => client.contractsById(ids, signal),
    recordOf: ({ contract }) => contract,
    keyOf: (recordId) => idOf('Contract', instance, recordId),
    map: (row) => mapContract(row, instance, picklists),
    alsoStore: (tx, rows) =>
      keepContractLines(
        tx,
        instance,
        rows.flatMap(({ lines }) => lines.map(({ Id, Contract__c }) => ({ lineId: Id, contractId: Contract__c }))),
      ),
  };
}
