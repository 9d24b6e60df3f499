import { compare, joinKey } from '@tieout/canonical';
import type { Environment } from '../environment.ts';
import { differencesFrom, type Figure } from '../figures.ts';
import { waiting, type Stage } from '../scene.ts';
import { erpFigures, planningFigures } from '../stations.client.ts';
import { until, type Check } from '../wait.ts';
import { figuresOf, type Books } from './books.ts';
import { documentBreaks } from './documents.ts';
import type { LoadedIds } from './ids.ts';
import type { ForecastCell, Scenario } from './scenario.ts';
import { readView, type TopicView } from './stations.client.ts';
import { expectedKeys } from './books.ts';

export interface Truth {
  readonly scenario: Scenario;
  readonly books: Books;
  readonly ids: LoadedIds;
}

/**
 * Waits until ERP, topics and planning say what was entered: figures first, which are cheap to ask for, then every document.
 * @throws WaitedInVain naming what differs
 */
export async function settled(stage: Stage, truth: Truth): Promise<null> {
  const expected = figuresOf(truth.books);
  await until(
    () => figuresAgree(stage.environment, expected),
    waiting(stage, 'ERP and planning to say what was entered'),
  );
  return until(
    () => topicsAgree(stage.environment, truth, expected),
    waiting(stage, 'the topics to say what was entered'),
  );
}

async function figuresAgree(
  { netsuite, sap, anaplan }: Environment,
  expected: readonly Figure[],
): Promise<Check<null>> {
  const [regional, corporate, planning] = await Promise.all([
    erpFigures(netsuite),
    sap.figures(),
    planningFigures(anaplan),
  ]);
  const erp = [...regional, ...corporate];
  const open = differencesFrom('expected', { expected, erp, planning });
  const [first] = open;
  if (first === undefined) return { done: true, value: null };
  const { country, month, measure, values } = first;
  const example = `${country} ${month} ${measure}: expected ${values.expected}, the ERPs ${values.erp}, planning ${values.planning}`;
  return { done: false, missing: `${open.length} figures differ, e.g. ${example}` };
}

async function topicsAgree(
  environment: Environment,
  { scenario, books, ids }: Truth,
  expected: readonly Figure[],
): Promise<Check<null>> {
  const view = await readView(environment, expectedKeys(scenario, books));
  const missing = whatDiffers(view, { scenario, books, ids }, expected);
  return missing === null ? { done: true, value: null } : { done: false, missing };
}

/** One thing that the topics do not say yet, null when they say everything. */
export function whatDiffers(
  view: TopicView,
  { scenario, books, ids }: Truth,
  expected: readonly Figure[],
): string | null {
  const counts = view.flow.filter(({ keys, expectedKeys: wanted }) => wanted !== null && keys !== wanted);
  if (counts.length > 0)
    return counts
      .map(({ topic, keys, expectedKeys: wanted }) => `${topic} has ${keys} of ${wanted ?? 0} keys`)
      .join(', ');
  const [document, ...others] = documentBreaks(books, ids, view.documents);
  if (document !== undefined)
    return `${others.length + 1} differences, e.g. ${document.kind} ${document.object}: expected ${document.expected ?? '-'}, the topic says ${document.actual ?? '-'}`;
  const figures = differencesFrom('expected', { expected, topic: view.figures });
  if (figures.length > 0) return `${figures.length} figures of the topics differ`;
  const planned = forecastDifferences(scenario.forecast, view.forecast);
  return planned === 0 ? null : `${planned} of ${scenario.forecast.length} forecast cells differ`;
}

function forecastDifferences(cells: readonly ForecastCell[], published: ReadonlyMap<string, string>): number {
  const differing = cells.filter(({ version, entity, lineItem, month, currency, amount }) => {
    const found = published.get(joinKey([version, entity, lineItem, month, currency]));
    return found === undefined || compare(found, amount) !== 0;
  });
  return differing.length + Math.max(0, published.size - cells.length);
}
