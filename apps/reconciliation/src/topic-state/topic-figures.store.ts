import type { TopicName } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';

/** What a topic holds of the instances that a run asks, in the same names as the systems' own sums. */
export interface TopicFigures {
  readonly topic: string;
  /** Keys whose record is not deleted. */
  readonly keys: number;
  readonly sums: readonly { readonly name: string; readonly currency: string; readonly amount: string }[];
}

export interface FigureScope {
  /** Instances asked, by system. */
  readonly instances: ReadonlyMap<string, readonly string[]>;
  readonly cutOff: string | null;
}

interface FigureSource {
  readonly topic: TopicName;
  readonly systems: readonly string[];
  /** Business date of a document. */
  readonly date?: string;
  /** SQL of an amount by the name of its sum. */
  readonly sums?: Readonly<Record<string, string>>;
  /** SQL of the sum's name where the record itself names it. */
  readonly namedBy?: string;
}

const amount = (field: string): string => `(value->>'${field}')::numeric`;
/** An instance bears one name in all of them. */
const ERPS = ['netsuite', 'sap-s4hana'];
const SOURCES: readonly FigureSource[] = [
  { topic: 'finance.customer.v1', systems: ['salesforce'] },
  { topic: 'finance.contract.v1', systems: ['salesforce'], sums: { net: amount('net') } },
  { topic: 'finance.customer-account.v1', systems: ERPS },
  { topic: 'finance.legal-entity.v1', systems: ERPS },
  {
    ...{ topic: 'finance.order.v1', systems: ERPS, date: 'orderDate' },
    sums: { net: amount('net'), unbilled: amount('unbilledNet') },
  },
  {
    ...{ topic: 'finance.invoice.v1', systems: ERPS, date: 'issueDate' },
    // The ERP calls paid what was settled, by payments or by credits.
    sums: { gross: amount('gross'), paid: `${amount('paid')} + ${amount('credited')}`, open: amount('open') },
  },
  {
    ...{ topic: 'finance.credit-memo.v1', systems: ERPS, date: 'issueDate' },
    // What is not left was applied or paid out; the ERP makes no difference between the two.
    sums: {
      amount: amount('gross'),
      applied: `${amount('gross')} - ${amount('unapplied')}`,
      unapplied: amount('unapplied'),
    },
  },
  {
    ...{ topic: 'finance.payment.v1', systems: ERPS, date: 'paymentDate' },
    sums: {
      amount: amount('amount'),
      applied: `${amount('amount')} - ${amount('unapplied')}`,
      unapplied: amount('unapplied'),
    },
  },
  { topic: 'finance.forecast-version.v1', systems: ['anaplan'] },
  {
    ...{ topic: 'finance.forecast.v1', systems: ['anaplan'], namedBy: `value->>'lineItem'` },
    sums: { amount: amount('amount') },
  },
];

/** More than any currency list times any list of names; a page is not to be flooded by a model full of line items. */
const MAX_SUMS = 500;

/** Count and sums of each topic whose system is asked. Call it in one snapshot of the database. */
export async function loadTopicFigures(tx: EntityManager, scope: FigureScope): Promise<TopicFigures[]> {
  const figures: TopicFigures[] = [];
  for (const source of SOURCES) {
    const instances = source.systems.flatMap((system) => scope.instances.get(system) ?? []);
    if (instances.length > 0) figures.push(await figuresOf(tx, source, [instances, scope.cutOff]));
  }
  return figures;
}

async function figuresOf(
  tx: EntityManager,
  { topic, date, sums = {}, namedBy }: FigureSource,
  [instances, cutOff]: [readonly string[], string | null],
): Promise<TopicFigures> {
  const from = `topic_state WHERE topic = $1 AND value->>'lifecycle' <> 'DELETED' AND value->'source'->>'instance' = ANY($2::text[])
    AND ($3::text IS NULL OR ${date === undefined ? 'true' : `value->>'${date}' <= $3`})`;
  const parameters = [topic, instances, cutOff];
  const counted = await tx.query<{ keys: string }[]>(`SELECT count(*) AS keys FROM ${from}`, parameters);
  const parts = Object.entries(sums).map(
    ([name, sql]) =>
      `SELECT ${namedBy ?? `'${name}'`} AS name, value->>'currency' AS currency, trim_scale(sum(${sql}))::text AS amount
       FROM ${from} GROUP BY 1, 2`,
  );
  const summed =
    parts.length === 0
      ? []
      : await tx.query<TopicFigures['sums'][number][]>(
          `${parts.join(' UNION ALL ')} ORDER BY name, currency LIMIT ${MAX_SUMS}`,
          parameters,
        );
  return { topic, keys: Number(counted[0]?.keys ?? 0), sums: summed };
}
