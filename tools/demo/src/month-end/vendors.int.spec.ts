import { anaplanConfig, createAnaplanClient } from '@tieout/connector-anaplan';
import { createNetSuiteClient, netsuiteConfig } from '@tieout/connector-netsuite';
import { createSalesforceClient, salesforceConfig } from '@tieout/connector-salesforce';
import { startAnaplanSandbox, startNetSuiteSandbox, startSalesforceSandbox } from '@tieout/sandbox';
import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differencesFrom } from '../figures.ts';
import { erpFigures } from '../stations.client.ts';
import { booksOf, figuresOf, type Books } from './books.ts';
import { createErpUser, type ErpUser } from './erp-user.client.ts';
import { generateScenario } from './generate.ts';
import { createIds } from './ids.ts';
import { loadCrm } from './load-crm.ts';
import { billAndReceive, CURRENCY_IDS, setUpErp, type Books as ErpBooks } from './load-erp.ts';
import { PLANT_NAMES } from './plant.ts';
import { perform } from './plant-deeds.ts';
import { planPlants, regionalOf } from './plants.ts';
import { createAnaplanSideDoor } from './planner.client.ts';

/** What goes to NetSuite; what the group's head sells is SAP's. */
const scenario = regionalOf(generateScenario({ seed: 3, customers: 16 }));
const plans = planPlants(scenario, PLANT_NAMES);
const ids = createIds();
const { signal } = new AbortController();
const closing: (() => Promise<void>)[] = [];
let erp: ErpUser;
let netsuite: ReturnType<typeof createNetSuiteClient>;
let salesforce: ReturnType<typeof createSalesforceClient>;
let anaplan: ReturnType<typeof createAnaplanClient>;
let anaplanUrl = '';
let erpBooks: ErpBooks;

beforeAll(async () => {
  const { url: databaseUrl } = await createDatabase('vendors');
  const crm = await startSalesforceSandbox({ databaseUrl });
  const books = await startNetSuiteSandbox({ databaseUrl });
  const planning = await startAnaplanSandbox({
    databaseUrl,
    years: { first: 2020, last: 2030 },
    requestsPerMinute: 6_000,
  });
  closing.push(
    () => crm.close(),
    () => books.close(),
    () => planning.close(),
  );
  const config = netsuiteConfig.parse({ ...books.credentials, concurrency: 8 });
  erp = createErpUser(config, books.url, signal);
  netsuite = createNetSuiteClient(config);
  salesforce = createSalesforceClient(salesforceConfig.parse(crm.credentials));
  anaplan = createAnaplanClient(anaplanConfig.parse(planning.credentials));
  anaplanUrl = planning.url;
});
afterAll(async () => {
  salesforce.close();
  for (const close of closing) await close();
});

/** What the pipeline does: the customers and orders of the CRM stand in the ERP. */
async function bringToErp(): Promise<void> {
  for (const { key, name } of scenario.customers) {
    const body = { entityId: key, companyName: name, subsidiary: { id: '1' } };
    await erp.put('customer', ids.canonical('customer', key), body);
  }
  for (const { key, customer, entity, currency, lines } of scenario.contracts.filter(({ active }) => active)) {
    const items = lines.map((line) => ({
      item: { id: erpBooks.items.get(line.product) },
      quantity: line.quantity,
      amount: line.net,
      custcol_billing_id: ids.canonical('contract-line', line.key),
      custcol_bill_on: line.billOn,
    }));
    const order = await erp.put('salesOrder', ids.canonical('contract', key), {
      entity: { externalId: ids.canonical('customer', customer) },
      subsidiary: { id: erpBooks.subsidiaries.get(entity) },
      currency: { id: CURRENCY_IDS[currency] },
      custbody_contract: ids.canonical('contract', key),
      item: { items },
    });
    ids.note('order', key, order);
  }
}

const differing = async (books: Books): Promise<unknown[]> =>
  differencesFrom('expected', { expected: figuresOf(books), erp: await erpFigures(netsuite) });

describe('what the demo enters at the vendors', () => {
  it('is taken by Salesforce as it is, contracts as drafts until their lines are there', async () => {
    const steps: string[] = [];
    await loadCrm(scenario, { client: salesforce, ids, signal, onLoaded: async (step) => void steps.push(step) });
    expect([...new Set(steps)]).toEqual([
      'products',
      'accounts',
      'opportunities',
      'contracts',
      'contract lines',
      'activations',
    ]);
    const { records } = await salesforce.all('Contract');
    const active = scenario.contracts.filter((contract) => contract.active);
    expect(records.filter(({ Status }) => Status === 'Activated')).toHaveLength(active.length);
    expect(records).toHaveLength(scenario.contracts.length);
  });

  it('makes NetSuite say to the cent what the month-end says', async () => {
    erpBooks = await setUpErp(scenario, erp);
    await bringToErp();
    let [last, all] = [0, 0];
    await billAndReceive(scenario, {
      erp,
      ids,
      books: erpBooks,
      signal,
      onEntered: (done, total) => ([last, all] = [done, total]),
    });
    expect(last).toBe(all);
    expect(await differing(booksOf(scenario))).toEqual([]);
    expect((await erp.contractOrders()).size).toBe(await erp.countOrders());
  });

  it('spoils exactly what each plant says, one after the other', async () => {
    const place = { legalEntity: '', currency: '', month: '' };
    for (const { deed } of plans)
      if (deed.do === 'drop-cell')
        Object.assign(place, { legalEntity: deed.entity, currency: deed.currency, month: deed.month });
    const items = [{ code: place.legalEntity, name: place.legalEntity }];
    const cell = { ...place, invoices: '1', invoiced: '12.5', paid: '0', open: '0' };
    await anaplan.load(
      { legalEntities: items, currencies: [{ code: place.currency, name: place.currency }], cells: [cell] },
      async () => undefined,
    );
    const tools = { scenario, erp, ids, books: erpBooks, planning: createAnaplanSideDoor(anaplanUrl) };
    let books = booksOf(scenario);
    for (const { plant, deed, change } of plans) {
      await perform(deed, tools);
      books = change(books);
      expect([plant, await differing(books)]).toEqual([plant, []]);
    }
    const cells: string[] = [];
    for await (const page of anaplan.readCells()) cells.push(...page.map(({ invoiced }) => invoiced));
    expect(cells).toEqual(['0']);
    await expect(tools.planning.dropCell({ ...place, lineItem: 'Invoiced' })).rejects.toThrow(/was not there/);
  });
});
