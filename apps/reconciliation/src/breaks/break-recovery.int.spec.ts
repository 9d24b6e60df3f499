import { randomUUID } from 'node:crypto';
import { chained, contentHash, derivedId, type Break } from '@tieout/canonical';
import { eventually, takeTurns } from '@tieout/testing';
import { expect, it } from 'vitest';
import { openBus } from '../../test/fixture-bus.ts';
import { FixtureService } from '../../test/fixture-service.ts';
import { FixtureWorld } from '../../test/fixture-world.ts';
import { service as definition } from '../app.module.ts';
import type { BreakCase } from './break-case.store.ts';

takeTurns('reconciliation');

/** A break as the first release published it, with the entry that the first release left on the topic only. */
function ofFirstRelease(): { state: Omit<Break, 'revision'>; entry: ReturnType<typeof chained> } {
  const breakId = derivedId('break', randomUUID());
  const at = '2026-01-01T00:00:00.000Z';
  const state = {
    ...({ breakId, status: 'OPEN', check: 'invoice-balance', kind: 'balance', objectType: 'invoice' } as const),
    ...{
      object: randomUUID(),
      legalEntityId: null,
      customerId: null,
      currency: 'USD',
      expected: '100',
      actual: '90.5',
    },
    ...{ difference: '-9.5', firstSeenRunId: randomUUID(), lastSeenRunId: randomUUID(), openedAt: at, closedAt: null },
    evidence: { number: 'INV1' },
  };
  const entry = chained(null, {
    ...{
      targetType: 'break',
      targetId: breakId,
      action: 'opened',
      actor: 'reconciliation',
      role: null,
      reason: null,
      at,
    },
    ...{ beforeHash: null, afterHash: contentHash(state), details: {} },
  });
  const absent = {
    ...{ workflow: null, severity: null, value: null, groupValue: null, groupCurrency: null, ownerGroup: null },
    ...{ assignee: null, dueAt: null, resolution: null, resolutionReason: null, proposedBy: null, approvedBy: null },
    ...{ decidedAt: null, expectedOn: null, counterpart: null, lastDecisionId: null },
  };
  return { state: { ...state, ...absent }, entry };
}

it(
  'breaks of the first release are taken over with their history, and say what they are',
  { timeout: 120_000 },
  async () => {
    const bus = await openBus();
    const { state, entry } = ofFirstRelease();
    const { breakId } = state;
    await bus.send('finance.break.v1', [{ key: breakId, value: { ...state, revision: 1n } }]);
    await bus.send('finance.audit.v1', [{ key: breakId, value: entry }]);
    const service = await (
      await FixtureService.create(bus, new FixtureWorld([]).instance, ['invoice@netsuite'])
    ).withoutDatabase();
    const before = await service.database(
      definition.migrations.filter(({ name }) => name.slice(-13) < '1732330200000'),
    );
    const first = Object.fromEntries(Object.entries(state).slice(0, 17));
    await before.query(
      `INSERT INTO break (break_id, status, check_name, kind, severity, currency, difference, opened_at, state, audit_sequence, audit_hash)
     VALUES ($1, 'OPEN', 'invoice-balance', 'balance', 'critical', 'USD', -9.5, $2, $3, 1, $4)`,
      [breakId, state.openedAt, first, entry.hash],
    );
    await before.query(
      `INSERT INTO state_revision (topic, key, revision, content_hash) VALUES ('finance.break.v1', $1, 1, $2)`,
      [breakId, contentHash(first)],
    );
    const ends = await bus.ends('finance.break.v1');
    await before.query(`INSERT INTO published_topic (topic, next_offsets) VALUES ('finance.break.v1', $1::bigint[])`, [
      ends,
    ]);
    await before.destroy();

    await service.start();
    const {
      break: one,
      history,
      chainFault,
    } = await service.as('ada', 'auditor').get<BreakCase>(`/breaks/${breakId}/case`);
    expect(one).toMatchObject({
      revision: '2',
      workflow: 'OPEN',
      severity: 'critical',
      value: '9.5',
      lastSeenAt: null,
    });
    expect(history.map(({ action, hash }) => [action, hash === entry.hash])).toEqual([
      ['opened', true],
      ['adopted', false],
    ]);
    expect(chainFault).toBeNull();
    const told = await eventually(async () => {
      const states = await bus.read('finance.break.v1', (value) => value.breakId === breakId && value.revision === 2n);
      return states[0] ?? null;
    });
    expect(told).toMatchObject({ workflow: 'OPEN', severity: 'CRITICAL', value: '9.5' });
    await service.stop();
    await bus.close();
  },
);
