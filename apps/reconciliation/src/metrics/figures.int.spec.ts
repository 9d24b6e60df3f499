import { randomUUID } from 'node:crypto';
import { createDatabase, eventually } from '@tieout/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { service } from '../app.module.ts';
import * as breaks from './break-figures.store.ts';
import { chainFaults, countFaults } from './chain-faults.worker.ts';
import * as comparisons from './comparison-figures.store.ts';
import type { Sample } from './sample.ts';

let database: DataSource;
beforeAll(async () => {
  const { url } = await createDatabase('figures');
  database = await new DataSource({ type: 'postgres', url, migrations: [...service.migrations] }).initialize();
  await database.runMigrations();
});
afterAll(() => database.destroy());

const ENTITY = randomUUID();
const HOUR_MS = 3_600_000;
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR_MS).toISOString();

interface Row {
  readonly workflow: string;
  readonly severity?: string;
  readonly check?: string;
  readonly hours?: number;
  readonly groupValue?: string | null;
  readonly state?: object;
}

async function put({
  workflow,
  severity = 'critical',
  check = 'c',
  hours = 1,
  groupValue = '10',
  state,
}: Row): Promise<void> {
  const whole = {
    ...{ breakId: randomUUID(), workflow, value: '10', groupValue, legalEntityId: ENTITY, ownerGroup: 'finance' },
    ...{ assignee: null, dueAt: ago(hours - 24), resolution: null, expectedOn: null, evidence: {}, ...state },
  };
  await database.query(
    `INSERT INTO break (break_id, status, check_name, kind, severity, currency, difference, opened_at, state)
     VALUES ($1, 'OPEN', $2, 'amount', $3, 'EUR', 10, $4, $5)`,
    [whole.breakId, check, severity, ago(hours), JSON.stringify(whole)],
  );
}

/** `label value` of each, sorted. */
const shown = (samples: readonly Sample[]): string[] =>
  samples.map(({ labels, value }) => [...Object.values(labels), value].join(' ')).toSorted();

describe('figures of breaks', () => {
  beforeAll(async () => {
    await database.query(
      `INSERT INTO topic_state (topic, key, revision, value) VALUES ('finance.legal-entity.v1', $1, 1, '{"code": "DE"}')`,
      [ENTITY],
    );
    await put({ workflow: 'OPEN' });
    await put({ workflow: 'OPEN', hours: 26, groupValue: null, state: { ownerGroup: null } });
    await put({
      workflow: 'PENDING',
      hours: 24 * 8,
      severity: 'warning',
      state: { ownerGroup: null, assignee: 'mara' },
    });
    await put({ workflow: 'PROPOSED', hours: 24 * 31, state: { legalEntityId: null, decidedAt: ago(2) } });
    await put({ workflow: 'RESOLVED', hours: 100, groupValue: '999' });
  });

  it('count what somebody still has to work, by check, entity, severity and age', async () => {
    const { manager } = database;
    expect(shown(await breaks.breakCounts(manager))).toEqual(['c amount critical 3', 'c amount warning 1']);
    expect(shown(await breaks.breakAges(manager))).toEqual([
      ...['DE critical under a day 1', 'DE critical under a week 1', 'DE warning under a month 1'],
      'none critical older 1',
    ]);
    expect(shown(await breaks.breaksOverdue(manager))).toEqual(['critical 2', 'warning 1']);
    expect(shown(await breaks.breaksOwnerless(manager))).toEqual(['critical 1']);
  });

  it('sum up what is at risk, and tell what they could not value', async () => {
    const { manager } = database;
    expect(shown(await breaks.breakValues(manager))).toEqual(['c EUR 40']);
    expect(shown(await breaks.valuesAtRisk(manager))).toEqual(['DE critical 10', 'DE warning 10', 'none critical 10']);
    expect(shown(await breaks.valuesUnknown(manager))).toEqual(['1']);
  });

  it('tell how long a proposal has waited', async () => {
    expect(shown(await breaks.proposalsWaiting(database.manager))).toEqual(['1']);
    const [oldest] = await breaks.oldestProposal(database.manager);
    expect(Math.round((oldest?.value ?? 0) / 60)).toBe(120);
  });

  it('count the breaks whose audit chain does not hold, behind the scrape that asks', async () => {
    // None of these breaks has a chain.
    expect(await countFaults(database.manager)).toBe(5);
    const read = chainFaults();
    expect(await read(database.manager)).toEqual([]);
    expect(await eventually(async () => (await read(database.manager))[0] ?? null)).toEqual({ labels: {}, value: 5 });
  });
});

describe('figures of comparisons', () => {
  beforeAll(async () => {
    const comparison = async (name: string, state: string, figures: object[] | null): Promise<void> => {
      const [{ id }] = await database.query<[{ id: number }]>(
        `INSERT INTO comparison (name, definition, definition_hash, state) VALUES ($1, '{}', '', $2) RETURNING comparison_id AS id`,
        [name, state],
      );
      if (figures === null) return;
      const runId = randomUUID();
      await database.query(
        `INSERT INTO comparison_run (run_id, comparison_id, trigger, status, figures, requested_at, ended_at)
         VALUES ($1, $2, 'periodic', 'breaks', $3, now(), now())`,
        [runId, id, JSON.stringify(figures)],
      );
      await database.query(`UPDATE comparison SET last_run_id = $1 WHERE comparison_id = $2`, [runId, id]);
    };
    const figure = (outcome: string, side: number, items: number): object => ({
      ...{ outcome, side, currency: 'USD', groups: items, items, amount: '1' },
    });
    await comparison('bank', 'live', [
      ...[figure('matched', 0, 3), figure('matched', 1, 3), figure('explained', 0, 1), figure('break', 0, 3)],
    ]);
    await comparison('new', 'waiting', null);
    await comparison('empty', 'incomplete', []);
    await comparison('unused', 'inactive', null);
    const evidence = { left: 'p1', right: 's1 s2' };
    await put({ workflow: 'RESOLVED', check: 'bank', state: { resolution: 'FORCE_MATCH', evidence } });
    await put({ workflow: 'RESOLVED', check: 'bank', state: { resolution: 'WRITE_OFF', evidence } });
    const statement = async (status: string, toDay: string): Promise<void> => {
      const id = randomUUID();
      await database.query(
        `INSERT INTO statement_file (statement_id, account, format, content_hash, status, problems, put_by, put_at)
         VALUES ($1::uuid, 'main', 'csv', $1::text, $2, '[]', 'x', now())`,
        [id, status],
      );
      await database.query(
        `INSERT INTO statement_part (statement_id, part, bank_account, bank_statement_id, currency, to_day, moved, line_count)
         VALUES ($1, 0, 'a', 'b', 'USD', $2, '0', 0)`,
        [id, toDay],
      );
    };
    await statement('used', '2026-01-30');
    await statement('used', '2026-01-31');
    await statement('withdrawn', '2026-02-28');
  });

  it('tell what matches by rules, and with what people matched, of the last complete run', async () => {
    const { manager } = database;
    expect(shown(await comparisons.comparisonItems(manager))).toEqual([
      'bank break 3',
      'bank explained 1',
      'bank matched 6',
    ]);
    expect(shown(await comparisons.autoMatchRates(manager))).toEqual(['bank 0.7']);
    expect(shown(await comparisons.matchRates(manager))).toEqual(['bank 1']);
  });

  it('tell what is complete and how old it is', async () => {
    const { manager } = database;
    expect(shown(await comparisons.comparisonCompleteness(manager))).toEqual(['bank 1', 'empty 0', 'new 0']);
    const ages = new Map(
      (await comparisons.comparisonFreshness(manager)).map((one) => [one.labels['comparison'], one.value]),
    );
    expect([ages.get('new'), ages.has('unused')]).toEqual([0, false]);
    expect(Date.now() / 1_000 - (ages.get('bank') ?? 0)).toBeLessThan(600);
    expect(shown(await comparisons.lastStatementDays(manager))).toEqual([`main ${Date.UTC(2026, 0, 31) / 1_000}`]);
  });
});
