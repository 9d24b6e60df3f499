import type { SalesforceClient } from '@tieout/connector-salesforce';
import type { LoadedIds, Entity } from './ids.ts';
import type { Contract, ContractLine, Scenario } from './scenario.ts';

export interface CrmLoad {
  readonly client: Pick<SalesforceClient, 'upsertRecords'>;
  readonly ids: LoadedIds;
  readonly signal: AbortSignal;
  /** Called and awaited after each portion with the number of records loaded and of all. */
  readonly onLoaded: (step: CrmStep, done: number, total: number) => Promise<void>;
}
export type CrmStep = 'products' | 'accounts' | 'opportunities' | 'contracts' | 'contract lines' | 'activations';

/** Salesforce took something else than what it was given; the message has its own words. */
export class CrmRefusal extends Error {}

type CrmRecord = Readonly<Record<string, string | number | boolean | null>>;
interface Entry {
  readonly key: string;
  readonly record: CrmRecord;
}

const KEY = 'External_Id__c';
/** What one call of the vendor takes at most. */
const LARGEST_PORTION = 200;
/** Small runs are cut in pieces too, so that a service can be killed while records still come. */
const PORTIONS = 4;

/** Products, customers, deals and contracts, as people enter them: a contract is a draft until its lines are there. */
export async function loadCrm(scenario: Scenario, load: CrmLoad): Promise<void> {
  const { ids } = load;
  await upsert(
    load,
    'products',
    'Product2',
    'product',
    scenario.products.map(({ code, name, family }) =>
      entry(code, { Name: name, ProductCode: code, Family: family, IsActive: true }),
    ),
  );
  await upsert(load, 'accounts', 'Account', 'customer', scenario.customers.map(accountOf));
  const accountId = (customer: string): string => ids.vendor('customer', customer);
  await upsert(
    load,
    'opportunities',
    'Opportunity',
    'opportunity',
    scenario.opportunities.map(({ key, customer, name, stage, amount, currency, closeDate }) =>
      entry(key, {
        Name: name,
        AccountId: accountId(customer),
        StageName: stage,
        Amount: amount,
        CurrencyIsoCode: currency,
        CloseDate: closeDate,
      }),
    ),
  );
  await upsert(
    load,
    'contracts',
    'Contract',
    'contract',
    scenario.contracts.map((contract) => draftOf(contract, ids)),
  );
  const lines = scenario.contracts.flatMap((contract) => contract.lines.map((line) => lineOf(line, contract, ids)));
  await upsert(load, 'contract lines', 'Contract_Line__c', 'contract-line', lines);
  const active = scenario.contracts.filter((contract) => contract.active);
  await upsert(
    load,
    'activations',
    'Contract',
    'contract',
    active.map(({ key }) => entry(key, { Status: 'Activated' })),
  );
}

const entry = (key: string, record: CrmRecord): Entry => ({ key, record });

function accountOf({ key, name, taxId, currency, city, country }: Scenario['customers'][number]): Entry {
  return entry(key, {
    Name: name,
    AccountNumber: key,
    Tax_Id__c: taxId,
    CurrencyIsoCode: currency,
    BillingCity: city,
    BillingCountry: country,
  });
}

function draftOf(
  { key, customer, opportunity, entity, currency, startDate, termMonths }: Contract,
  ids: LoadedIds,
): Entry {
  return entry(key, {
    AccountId: ids.vendor('customer', customer),
    Opportunity__c: ids.vendor('opportunity', opportunity),
    Status: 'Draft',
    StartDate: startDate,
    ContractTerm: termMonths,
    CurrencyIsoCode: currency,
    Legal_Entity__c: entity,
  });
}

/** Amounts go as text: a JSON number would pass through binary floating point. */
function lineOf(line: ContractLine, { key, currency }: Contract, ids: LoadedIds): Entry {
  return entry(line.key, {
    Contract__c: ids.vendor('contract', key),
    Product__c: ids.vendor('product', line.product),
    Bill_On__c: line.billOn,
    Quantity__c: line.quantity,
    Unit_Price__c: line.unitPrice,
    Net_Amount__c: line.net,
    Description__c: line.description,
    CurrencyIsoCode: currency,
  });
}

async function upsert(
  load: CrmLoad,
  step: CrmStep,
  type: string,
  entity: Entity,
  entries: readonly Entry[],
): Promise<void> {
  const size = Math.min(LARGEST_PORTION, Math.max(1, Math.ceil(entries.length / PORTIONS)));
  for (let start = 0; start < entries.length; start += size) {
    load.signal.throwIfAborted();
    const portion = entries.slice(start, start + size);
    const records = portion.map(({ key, record }) => ({ ...record, [KEY]: key }));
    const results = await load.client.upsertRecords(type, KEY, records);
    results.forEach((result, index) => {
      const { key } = portion[index]!;
      if (!result.success || result.id === undefined)
        throw new CrmRefusal(`Salesforce refuses ${type} ${key}: ${result.errors[0]?.message ?? 'no reason given'}`);
      load.ids.note(entity, key, result.id);
    });
    await load.onLoaded(step, Math.min(start + size, entries.length), entries.length);
  }
}
