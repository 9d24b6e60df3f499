import type { Account, Contract, ContractLine, Opportunity, Product } from './vendor-types.ts';

/** Types of record that are read, by their API names. */
export interface Entities {
  readonly Account: Account;
  readonly Product2: Product;
  readonly Opportunity: Opportunity;
  readonly Contract: Contract;
  readonly Contract_Line__c: ContractLine;
}
export type EntityName = keyof Entities;

/** Every field that is read. */
export const FIELDS: Readonly<Record<EntityName, readonly string[]>> = {
  Account: [
    'Id',
    'Name',
    'AccountNumber',
    'BillingStreet',
    'BillingCity',
    'BillingState',
    'BillingPostalCode',
    'BillingCountry',
    'ShippingStreet',
    'ShippingCity',
    'ShippingState',
    'ShippingPostalCode',
    'ShippingCountry',
    'CurrencyIsoCode',
    'Tax_Id__c',
    'Payment_Terms__c',
    'ParentId',
    'IsDeleted',
    'CreatedDate',
    'SystemModstamp',
  ] satisfies readonly (keyof Account)[],
  Product2: [
    'Id',
    'Name',
    'ProductCode',
    'Family',
    'IsActive',
    'IsDeleted',
    'SystemModstamp',
  ] satisfies readonly (keyof Product)[],
  Opportunity: [
    'Id',
    'Name',
    'AccountId',
    'StageName',
    'Amount',
    'CurrencyIsoCode',
    'CloseDate',
    'IsClosed',
    'IsWon',
    'IsDeleted',
    'SystemModstamp',
  ] satisfies readonly (keyof Opportunity)[],
  Contract: [
    'Id',
    'ContractNumber',
    'AccountId',
    'Status',
    'CurrencyIsoCode',
    'Legal_Entity__c',
    'StartDate',
    'ContractTerm',
    'Opportunity__c',
    'IsDeleted',
    'SystemModstamp',
  ] satisfies readonly (keyof Contract)[],
  Contract_Line__c: [
    'Id',
    'Contract__c',
    'Product__c',
    'Bill_On__c',
    'Quantity__c',
    'Unit_Price__c',
    'Net_Amount__c',
    'Description__c',
    'CurrencyIsoCode',
    'IsDeleted',
    'SystemModstamp',
  ] satisfies readonly (keyof ContractLine)[],
};

export const ENTITY_NAMES = Object.keys(FIELDS) as readonly EntityName[];

export function isEntity(name: string): name is EntityName {
  return Object.hasOwn(FIELDS, name);
}

/** Set by the org with every change or never by a change, or nothing is mapped from it. */
const UNMAPPED = ['Id', 'IsDeleted', 'CreatedDate', 'SystemModstamp'];
/** Fields of the REST API that are parts of a compound in a change event. */
const COMPOUND = /^(Billing|Shipping)(Street|City|State|PostalCode|Country)$/;

/** Top-level fields of a change event that something is mapped from. */
export const EVENT_FIELDS: Readonly<Record<EntityName, ReadonlySet<string>>> = {
  Account: eventFields(FIELDS.Account),
  Product2: eventFields(FIELDS.Product2),
  Opportunity: eventFields(FIELDS.Opportunity),
  Contract: eventFields(FIELDS.Contract),
  Contract_Line__c: eventFields(FIELDS.Contract_Line__c),
};

function eventFields(fields: readonly string[]): ReadonlySet<string> {
  return new Set(
    fields.filter((field) => !UNMAPPED.includes(field)).map((field) => field.replace(COMPOUND, '$1Address')),
  );
}
