import { byKey, differencesFrom, STATIONS, type Figure } from '../figures.ts';
import type { MonthEndOptions } from '../options.ts';
import { reconcile } from '../reconciliation.client.ts';
import { incompleteBreak, type ReportedBreak } from '../report.ts';
import { waiting, type Outcome, type Scene, type Stage } from '../scene.ts';
import { erpCustomers, erpFigures, planningFigures } from '../stations.client.ts';
import { until, WaitedInVain, type Check } from '../wait.ts';
import { booksOf, expectedKeys, figuresOf, type Books } from './books.ts';
import { createErpUser, type ErpUser } from './erp-user.client.ts';
import { generateScenario } from './generate.ts';
import { createIds, type LoadedIds } from './ids.ts';
import { loadCrm, type CrmStep } from './load-crm.ts';
import { billAndReceive, setUpErp, type Books as ErpBooks } from './load-erp.ts';
import { billAndReceiveInSap, isCorporate, sapOrders, setUpSap } from './load-sap.ts';
import { planForecast } from './load-planning.ts';
import { perform } from './plant-deeds.ts';
import type { Plan } from './plant.ts';
import { planPlants, planted } from './plants.ts';
import { createAnaplanSideDoor } from './planner.client.ts';
import type { MonthEndReport } from './report-shape.ts';
import { reportText } from './report.ts';
import type { Scenario } from './scenario.ts';
import { settled } from './settle.ts';
import { readView } from './stations.client.ts';
import { countSystems } from './systems.client.ts';
import { judgeBreaks } from './verdict.ts';

/** What the whole run works with. */
interface Run {
  readonly stage: Stage;
  readonly scenario: Scenario;
  readonly ids: LoadedIds;
  readonly erp: ErpUser;
  /** What was waited for in vain. */
  readonly failures: ReportedBreak[];
}

/** A generated month-end, loaded as the vendors' users would, compared, spoilt, and compared again. */
export function monthEndScene(options: MonthEndOptions): Scene {
  const scenario = generateScenario(options);
  const plans = planPlants(scenario, options.plants);
  const { customers, contracts, invoices, payments, seed, monthEnd } = scenario;
  return {
    title:
      `Month-end ${monthEnd}, seed ${seed}: ${customers.length} customers, ${contracts.length} contracts, ` +
      `${invoices.length} invoices, ${payments.length} payments; ${plans.length} discrepancies to plant`,
    play: (stage) => play(stage, scenario, plans),
  };
}

async function play(stage: Stage, scenario: Scenario, plans: readonly Plan[]): Promise<Outcome> {
  const { netsuiteConfig, vendorUrls } = stage.environment;
  const erp = createErpUser(netsuiteConfig, vendorUrls['netsuite']!, stage.signal);
  const run: Run = { stage, scenario, ids: createIds(), erp, failures: [] };
  const before = booksOf(scenario);
  const erpBooks = await load(run);
  const clean = await compared(run, before);
  if (clean.length > 0 || run.failures.length > 0) return outcome(run, before, [], clean);
  const after = await plant(run, erpBooks, plans);
  return outcome(run, after, plans, await reconciled(run));
}

async function load(run: Run): Promise<ErpBooks> {
  const { stage, scenario, ids, erp, failures } = run;
  const { progress, killing, signal } = stage;
  const { sap } = stage.environment;
  progress.step('Setting up NetSuite and SAP: legal entities and items');
  const [books] = await Promise.all([setUpErp(scenario, erp), setUpSap(scenario, sap)]);
  progress.step('Loading Salesforce: products, accounts, opportunities, contracts');
  await loadCrm(scenario, {
    client: stage.environment.salesforce,
    ids,
    signal,
    onLoaded: (...at) => loaded(run, ...at),
  });
  progress.step('The pipeline brings customers and orders to NetSuite and SAP');
  await orFailure(failures, ordersArrived(run));
  const orders = await erp.contractOrders();
  const contracts = ids.keys('contract');
  for (const [contract, order] of orders) ids.note('order', contracts.get(contract) ?? contract, order);
  progress.step('Billing the orders, receiving payments, crediting; planners write the forecast');
  const planning = orFailure(failures, planForecast(quiet(stage), scenario.forecast));
  if (failures.length === 0)
    await Promise.all([
      billAndReceive(scenario, { erp, ids, books, signal, onEntered }),
      billAndReceiveInSap(scenario, { sap, ids, signal, onEntered: () => undefined }),
    ]);
  killing.killRest();
  await planning;
  return books;

  function onEntered(done: number, total: number): void {
    progress.state(`${done} of ${total} documents`);
    killing.killDue(['erp-adapter', 'planning-publisher', 'reconciliation'], done / total);
  }
}

/** Two things go on at once; the count of the other is the one to look at. */
const quiet = (stage: Stage): Stage => ({ ...stage, progress: { ...stage.progress, state: () => undefined } });

async function loaded({ stage, erp }: Run, step: CrmStep, done: number, total: number): Promise<void> {
  const { killing, progress } = stage;
  progress.state(`${done} of ${total} ${step}`);
  // It is at work: what comes next meets a service that is killed.
  if (step === 'accounts' && killing.isDue('crm-ingest', done / total)) {
    await atWork(stage, 'the first customers', async () => (await erpCustomers(stage.environment.netsuite)).size);
    killing.kill('crm-ingest');
  }
  if (step === 'activations' && killing.isDue('order-to-cash', done / total)) {
    await atWork(stage, 'the first orders', () => erp.countOrders());
    killing.kill('order-to-cash');
  }
}

async function atWork(stage: Stage, what: string, count: () => Promise<number>): Promise<void> {
  const look = async (): Promise<Check<null>> =>
    (await count()) > 0 ? { done: true, value: null } : { done: false, missing: `waiting for ${what} in NetSuite` };
  await until(look, waiting(stage, what));
}

async function ordersArrived({ stage, scenario, ids, erp }: Run): Promise<void> {
  const active = scenario.contracts.filter((contract) => contract.active && !isCorporate(contract));
  const corporate = scenario.contracts.filter(isCorporate).length;
  const look = async (): Promise<Check<null>> => {
    const count = await erp.countOrders();
    if (count < active.length) return { done: false, missing: `${count} of ${active.length} orders in NetSuite` };
    const orders = await erp.contractOrders();
    const missing = active.filter(({ key }) => !orders.has(ids.canonical('contract', key)));
    const inSap = (await sapOrders(scenario, stage.environment.sap, ids)).size;
    if (inSap < corporate) return { done: false, missing: `${inSap} of ${corporate} orders in SAP` };
    if (missing.length === 0) return { done: true, value: null };
    return { done: false, missing: `no order of ${missing.length} contracts, e.g. ${missing[0]!.key}` };
  };
  await until(look, waiting(stage, 'orders from Salesforce to NetSuite and SAP'));
}

/** The stations must say what was entered, and reconciliation must find nothing. */
async function compared(run: Run, books: Books): Promise<readonly ReportedBreak[]> {
  run.stage.progress.step('Waiting until ERP, topics and planning say what was entered');
  await orFailure(run.failures, settled(run.stage, { ...run, books }));
  return reconciled(run);
}

async function reconciled({ stage, failures }: Run): Promise<readonly ReportedBreak[]> {
  const { environment, options, progress, signal } = stage;
  progress.step('Reconciliation: comparing what the systems hold');
  const url = (): Promise<string> => environment.supervisor.url('reconciliation');
  const proof = reconcile({ url, token: environment.operatorToken, patienceMs: options.patienceMs, signal, progress });
  const breaks = (await orFailure(failures, proof)) ?? [];
  progress.note(`${breaks.length} breaks`);
  return breaks;
}

/** @returns the books as they then stand */
async function plant(run: Run, books: ErpBooks, plans: readonly Plan[]): Promise<Books> {
  const { stage, scenario, ids, erp } = run;
  const { progress, environment } = stage;
  const after = planted(booksOf(scenario), plans);
  if (plans.length === 0) return after;
  progress.step(`Planting ${plans.length} discrepancies in the vendor sandboxes`);
  const tools = { scenario, erp, ids, books, planning: createAnaplanSideDoor(environment.vendorUrls['anaplan']!) };
  const perpetrate = async (some: readonly Plan[]): Promise<void> => {
    for (const { plant: name, done, deed } of some) {
      await perform(deed, tools);
      progress.note(`${name}: ${done}`);
    }
  };
  await perpetrate(plans.filter(({ quiet: last }) => !last));
  progress.step('Waiting until the pipeline has passed on what there is to pass on');
  await orFailure(run.failures, settled(stage, { scenario, ids, books: after }));
  await perpetrate(plans.filter(({ quiet: last }) => last));
  return after;
}

async function outcome(
  { stage, scenario, ids, erp, failures }: Run,
  books: Books,
  plans: readonly Plan[],
  found: readonly ReportedBreak[],
): Promise<Outcome> {
  const { environment, progress } = stage;
  progress.step('Reading every system and topic independently');
  const [view, systems, erpSays, planning] = await Promise.all([
    readView(environment, expectedKeys(scenario, books)),
    countSystems(environment, erp),
    Promise.all([erpFigures(environment.netsuite), environment.sap.figures()]).then((all) => all.flat().sort(byKey)),
    planningFigures(environment.anaplan),
  ]);
  const stations = { expected: figuresOf(books), erp: erpSays, topic: view.figures, planning };
  const others = [...failures, ...stationBreaks(stations, plans)];
  const report: MonthEndReport = {
    scenario: 'month-end',
    seed: scenario.seed,
    customers: scenario.customers.length,
    monthEnd: scenario.monthEnd,
    flow: [...view.flow],
    systems,
    stations: mutable(stations),
    ...judgeBreaks(plans, ids, found, others),
  };
  return { report, text: reportText(report, ids.describe), agreed: report.tiedOut };
}

type Says = Readonly<Record<'expected' | 'erp' | 'topic' | 'planning', readonly Figure[]>>;
const mutable = (stations: Says): MonthEndReport['stations'] => ({
  expected: [...stations.expected],
  erp: [...stations.erp],
  topic: [...stations.topic],
  planning: [...stations.planning],
});

/** A station that says something else than the books, but for the cell that was lost. */
function stationBreaks(stations: Says, plans: readonly Plan[]): ReportedBreak[] {
  const lost = new Set(
    plans.flatMap(({ deed }) =>
      deed.do === 'drop-cell' ? [[deed.entity, deed.month, deed.currency, 'invoiced', 'planning'].join('|')] : [],
    ),
  );
  return differencesFrom('expected', stations).flatMap(({ country, month, currency, measure, values }) =>
    STATIONS.filter((station) => station !== 'file')
      .filter((station) => values[station] !== values.expected)
      .filter((station) => !lost.has([country, month, currency, measure, station].join('|')))
      .map((station) => ({
        check: 'stations',
        kind: `${station}-${measure}`,
        object: `${country}|${month}|${currency}`,
        expected: values.expected,
        actual: values[station],
      })),
  );
}

/** A break in place of the result when it was waited for in vain. */
async function orFailure<T>(failures: ReportedBreak[], work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof WaitedInVain)) throw error;
    failures.push(incompleteBreak(error.what, error.missing));
    return undefined;
  }
}
