import { createDatabase } from '@tieout/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { service } from '../app.module.ts';
import { readBlocks } from './block-reader.store.ts';
import { groupsOf, removeBlock, writeBlocks, type BlockRow } from './block-writer.store.ts';
import type { GroupPart, StoredGroup } from './stored-group.ts';
import { encodeGroups } from './stored-groups.ts';

let dataSource: DataSource;
let comparisonId: number;

beforeAll(async () => {
  const { url } = await createDatabase('blocks');
  dataSource = await new DataSource({
    type: 'postgres',
    url,
    migrations: [...service.migrations],
    poolSize: 4,
  }).initialize();
  await dataSource.runMigrations({ transaction: 'each' });
  const rows = await dataSource.query<{ comparison_id: number }[]>(
    `INSERT INTO comparison (name, definition, definition_hash, state) VALUES ('c', '{}', '', 'inactive') RETURNING comparison_id`,
  );
  comparisonId = rows[0]?.comparison_id ?? 0;
});
afterAll(() => dataSource?.destroy());
beforeEach(() => dataSource.query('TRUNCATE comparison_item, comparison_block'));

function addItems(count: number, blocks: number): Promise<unknown> {
  return dataSource.query(
    `INSERT INTO comparison_item (comparison_id, side, item_id, block, amount, currency, business_date, reference, fields, exact_key)
     SELECT $1, n % 2, 'i' || n, 'é' || chr(31) || n % $3, '1.5', 'EUR', date '2026-01-31', E'a\\tb\\n' || n, '{"k": "v\\""}', gen_random_uuid()
     FROM generate_series(1, $2::int) n`,
    [comparisonId, count, blocks],
  );
}

describe('the blocks of a comparison', () => {
  it('are read in byte order with the items of each side by id, exactly as they are stored', async () => {
    await addItems(5_000, 40);
    const read: { block: string; sides: readonly { id: string }[][] }[] = [];
    for await (const block of readBlocks(dataSource, comparisonId, 2)) read.push(block);
    const names = read.map(({ block }) => block);
    expect(names).toEqual(names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    expect(names).toHaveLength(40);
    const ids = read.flatMap(({ sides }) => sides.flatMap((items) => items.map(({ id }) => id)));
    expect(new Set(ids).size).toBe(5_000);
    for (const { sides } of read)
      for (const items of sides) expect(items.map(({ id }) => id)).toEqual(items.map(({ id }) => id).toSorted());
    expect(read[0]?.sides.flat()[0]).toMatchObject({
      ...{ amount: '1.5', currency: 'EUR', date: '2026-01-31', counterparty: null, fields: { k: 'v"' } },
      reference: expect.stringMatching(/^a\tb\n\d+$/),
    });
  });

  it('are those of one moment', async () => {
    await addItems(20_000, 200);
    let items = 0;
    for await (const { sides } of readBlocks(dataSource, comparisonId, 2)) {
      if (items === 0) await dataSource.query('DELETE FROM comparison_item');
      items += sides.flat().length;
    }
    expect(items).toBe(20_000);
  });

  it('can be left early: the statement ends and the connection is of use again', async () => {
    await addItems(20_000, 200);
    for (let n = 0; n < 6; n += 1) for await (const _ of readBlocks(dataSource, comparisonId, 2)) break;
    const [running] = await dataSource.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%' AND state <> 'idle'`,
    );
    expect(running?.count).toBe(0);
  });
});

const part = (more: Partial<GroupPart> = {}): GroupPart => ({
  ...{ side: 1, outcome: 'matched', rule: 'exact', type: null, left: ['L'], right: ['R'], difference: '0' },
  ...{ currency: 'EUR', confidence: 1, expectedClearing: null, evidence: {} },
  ...more,
});
const EARLY = '2026-01-01T00:00:00.000Z';
const LATE = '2026-01-02T00:00:00.000Z';

function row(block: string, rule: string, decidedAt: string, amount = '1'): BlockRow {
  const groups: StoredGroup[] = [{ outcome: 'matched', parts: [part({ rule })] }];
  const figures = [{ outcome: 'matched' as const, side: 0, currency: 'EUR', groups: 1, items: 1, amount }];
  return {
    block,
    groups,
    figures,
    encoded: encodeGroups(groups),
    pairs: '',
    hash: rule,
    dueOn: null,
    rulesHash: 'r',
    asOf: '2026-01-31',
    decidedAt,
  };
}
const write = (...rows: BlockRow[]) => dataSource.transaction((tx) => writeBlocks(tx, comparisonId, rows));
const rulesOf = async (...blocks: string[]) =>
  (await groupsOf(dataSource.manager, comparisonId, blocks)).map(({ parts }) => parts[0]?.rule);

describe('decisions', () => {
  it('are stored, and those that changed are answered with what was there', async () => {
    expect(await write(row('b', 'one', EARLY), row('a', 'one', EARLY))).toEqual([
      { block: 'a', before: [] },
      { block: 'b', before: [] },
    ]);
    const [changed, ...others] = await write(row('a', 'one', LATE), row('b', 'two', LATE));
    expect(changed).toMatchObject({ block: 'b', before: [{ parts: [{ rule: 'one', left: ['L'], right: ['R'] }] }] });
    expect(others).toEqual([]);
    expect(await rulesOf('a', 'b')).toEqual(['one', 'two']);
  });

  it('do not take the place of newer ones', async () => {
    await write(row('a', 'new', LATE));
    expect(await write(row('a', 'old', EARLY))).toEqual([]);
    expect(await rulesOf('a')).toEqual(['new']);
  });

  it('of equal groups may still have other figures', async () => {
    await write(row('a', 'one', EARLY));
    expect(await write(row('a', 'one', LATE, '2'))).toEqual([]);
    const stored = await dataSource.query<{ figures: { amount: string }[]; at: Date }[]>(
      'SELECT figures, decided_at AS at FROM comparison_block',
    );
    expect(stored).toMatchObject([{ figures: [{ amount: '2' }], at: new Date(LATE) }]);
  });

  it('are forgotten with their block', async () => {
    await write(row('a', 'one', EARLY));
    expect(await removeBlock(dataSource.manager, comparisonId, 'a')).toMatchObject([{ outcome: 'matched' }]);
    expect(await removeBlock(dataSource.manager, comparisonId, 'a')).toEqual([]);
  });
});
