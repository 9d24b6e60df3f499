import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { verifyChain } from '@tieout/canonical';
import { eventually, takeTurns } from '@tieout/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openBus } from '../../test/fixture-bus.ts';
import type { Bus } from '../../test/fixture-bus.ts';
import { FixtureService } from '../../test/fixture-service.ts';
import type { Rows } from '../../test/fixture-service.ts';
import { FixtureWorld } from '../../test/fixture-world.ts';
import type { BreakCase } from './break-case.store.ts';
import type { ChainVerdict } from './break-case.ts';
import type { ListedBreak } from './break-query.store.ts';
import type { BulkResult } from './bulk.worker.ts';
import type { ImportResult } from './import-sheet.worker.ts';

takeTurns('reconciliation');
vi.setConfig({ testTimeout: 240_000 });

const SIDES = ['customer@salesforce', 'customer@netsuite', 'invoice@netsuite'];
const POLICY = 'limits: { WRITE_OFF: "5" }\nlinks: { netsuite: "https://erp.example/{entity}?id={id}" }\n';
const DEALS = ['1', '2', '3'].map((id) => ({ id, date: '2026-01-10', gross: '100' }));
/** The ERP has been quiet, so a difference counts at once. */
const LONG_AGO = '2026-01-11T00:00:00.000Z';
let bus: Bus;
let world: FixtureWorld;
let service: FixtureService;

beforeAll(async () => {
  bus = await openBus();
});
afterAll(() => bus.close());
beforeEach(async () => {
  world = new FixtureWorld(DEALS);
  service = await FixtureService.create(bus, world.instance, SIDES);
  await bus.send('finance.legal-entity.v1', [{ key: world.entity.legalEntityId, value: world.entity }]);
  await bus.send(
    'finance.invoice.v1',
    DEALS.map((deal) => ({ key: world.invoiceId(deal.id), value: world.invoice(deal) })),
  );
  await service.start({ SETTLE_MS: '0', BREAK_POLICY: POLICY, PENDING_SWEEP_MS: '100' });
});
afterEach(() => service.stop());

/** The ERP says of some invoices, by id, that they were paid by so much although they are open: each is one break at once. */
function rows(amounts: Record<string, string>): Rows {
  const raw = world.raw();
  for (const row of raw['invoice@netsuite'] ?? []) {
    const amount = amounts[row['id'] ?? ''];
    row['lastmodifieddate'] = LONG_AGO;
    if (amount !== undefined) row['appliedpayments'] = amount;
  }
  return raw;
}

const breakOf = async (id: string): Promise<ListedBreak> => {
  const { breaks } = await service.get<{ breaks: ListedBreak[] }>('/breaks?check=invoice-balance&kind=erp-balance');
  return breaks.find(({ object }) => object === world.invoiceId(id)) as ListedBreak;
};
const verify = (breakId: string): Promise<ChainVerdict> =>
  service.as('ada', 'auditor').get(`/breaks/${breakId}/audit/verify`);

/** The command line, as somebody types it: ada is the auditor. */
async function tieout(subject: string, ...args: string[]): Promise<{ code: number | null; answer: unknown }> {
  const main = path.resolve(import.meta.dirname, '../../../cli/src/main.ts');
  const folder = mkdtempSync(path.join(tmpdir(), 'tieout-breaks-'));
  const file = path.join(folder, 'demo.json');
  const discovery = {
    ...{ version: 1, scenario: 'month-end', startedAt: new Date().toISOString(), pid: process.pid },
    ...{ services: { reconciliation: { url: service.url, pid: process.pid } }, brokers: ['127.0.0.1:1'] },
    ...{ registryUrl: service.url, bundle: '/nowhere', vendors: {}, report: null, issuer: null, links: {} },
  };
  writeFileSync(file, JSON.stringify(discovery));
  const token = await service.token(subject, subject === 'ada' ? 'auditor' : 'operator');
  const child = spawn(process.execPath, ['--import', 'tsx', main, 'breaks', ...args, '--stack', file], {
    env: { ...process.env, TIEOUT_TOKEN: token },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  rmSync(folder, { recursive: true });
  return { code, answer: stdout === '' ? stderr : JSON.parse(stdout) };
}

async function sql(text: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: service.databaseUrl, options: '-c search_path=reconciliation' });
  await client.connect();
  await client.query(text, values);
  await client.end();
}

describe('a break', () => {
  it('goes from found to resolved by two people, stays so, and opens again when a late event touches it', async () => {
    const [mara, jon, ada] = [
      service.as('mara', 'operator'),
      service.as('jon', 'operator'),
      service.as('ada', 'auditor'),
    ];
    const wrong = rows({ '1': '20' });
    expect((await service.run(wrong)).status).toBe('breaks');
    const found = await breakOf('1');
    expect(found).toMatchObject({ workflow: 'OPEN', value: '20', groupValue: '20', ownerGroup: 'finance-operations' });
    const at = `/breaks/${found.breakId}`;

    const first = await ada.get<BreakCase>(`${at}/case`);
    expect(first).toMatchObject({ actions: [], chainFault: null });
    expect(first.links).toContainEqual(
      expect.objectContaining({ about: 'document', id: '1', url: 'https://erp.example/invoice?id=1' }),
    );
    expect(first.links.map(({ about }) => about)).toContain('trace');
    const seen = { expectedRevision: found.revision };
    await ada.post(`${at}/assign`, { ...seen, assignee: 'mara' }, 403);
    const assigned = await mara.post<BreakCase>(`${at}/assign`, { ...seen, assignee: 'mara' });
    const stale = await jon.post<{ code: string; current: BreakCase }>(`${at}/comment`, { ...seen, text: 'late' }, 409);
    expect(stale).toMatchObject({ code: 'REVISION_STALE', current: { break: { assignee: 'mara' } } });

    const resolve = { reason: 'too small', expectedRevision: assigned.break.revision };
    await mara.post(`${at}/resolve`, { ...resolve, resolution: 'forget' }, 400);
    // As docs/how-to/resolve-a-break.md says it; the rest of this walk is the same by HTTP.
    const id = found.breakId;
    const proposed = await tieout(
      'mara',
      'resolve',
      id,
      '--resolution',
      'write_off',
      '--reason',
      'too small',
      '--json',
    );
    expect(proposed).toMatchObject({ code: 0, answer: { break: { workflow: 'PROPOSED', proposedBy: 'mara' } } });
    const revision = (proposed.answer as BreakCase).break.revision;
    const refused = await mara.post(`${at}/approve`, { expectedRevision: revision }, 403);
    expect(refused).toMatchObject({ code: 'SECOND_PERSON_NEEDED' });
    const approved = await tieout('jon', 'approve', id, '--json');
    expect(approved).toMatchObject({ code: 0, answer: { break: { workflow: 'RESOLVED', approvedBy: 'jon' } } });
    expect(await tieout('ada', 'verify', '--json')).toMatchObject({ code: 0, answer: { checked: 1, entries: 4 } });
    expect(await verify(found.breakId)).toMatchObject({ entries: 4, fault: null });

    expect(await service.run(wrong)).toMatchObject({ status: 'clean', breaks: 0, findings: [{ verdict: 'settled' }] });
    expect(await breakOf('1')).toMatchObject({ workflow: 'RESOLVED', status: 'OPEN', revision: '4' });
    expect((await service.run(rows({ '1': '30' }))).status).toBe('breaks');
    expect(await breakOf('1')).toMatchObject({ workflow: 'OPEN', resolution: null, value: '30' });
    const { history } = await ada.get<BreakCase>(`${at}/case`);
    expect(history.map(({ action, actor }) => [action, actor])).toEqual([
      ['opened', 'reconciliation'],
      ['assigned', 'mara'],
      ['proposed', 'mara'],
      ['approved', 'jon'],
      ['reopened', 'reconciliation'],
    ]);
    expect(history.at(-1)?.details).toMatchObject({
      'before.actual': '120',
      'after.actual': '130',
      approvedBy: 'jon',
    });

    const decisions = await eventually(async () => {
      const some = await bus.read('finance.decision.v1', ({ targetId }) => targetId === found.breakId);
      return some.length === 3 ? some : null;
    });
    expect(decisions.map(({ action, actor, expectedRevision }) => [action, actor, expectedRevision])).toEqual([
      ['assign', 'mara', 1n],
      ['resolve', 'mara', 2n],
      ['approve', 'jon', 3n],
    ]);
    const audits = await eventually(async () => {
      const some = await bus.read('finance.audit.v1', ({ targetId }) => targetId === found.breakId);
      return some.length === 5 ? some : null;
    });
    expect(verifyChain(audits, audits.at(-1))).toBeNull();

    await jon.post(`${at}/resolve`, { ...resolve, resolution: 'CORRECTED_AT_SOURCE', expectedRevision: '5' });
    expect((await service.run(world.raw())).status).toBe('clean');
    expect(await breakOf('1')).toMatchObject({
      status: 'CLOSED',
      workflow: 'CLOSED',
      resolution: 'CORRECTED_AT_SOURCE',
    });

    await eventually(async () => {
      const states = await bus.read('finance.break.v1', ({ breakId }) => breakId === found.breakId);
      return states.some(({ status }) => status === 'CLOSED') ? true : null;
    });
    await service.stop();
    const lost = await service.withoutDatabase();
    await lost.start();
    try {
      const back = await lost.as('ada', 'auditor').get<BreakCase>(`${at}/case`);
      expect(back).toMatchObject({ chainFault: null, break: { workflow: 'CLOSED', revision: '7' } });
      expect(back.history).toHaveLength(7);
    } finally {
      await lost.stop();
    }
  });

  it('is acted on with many others, in bulk and by a sheet, each for itself', async () => {
    const mara = service.as('mara', 'operator');
    await service.run(rows({ '1': '1', '2': '2', '3': '90' }));
    const [one, two, three] = (await Promise.all(['1', '2', '3'].map(breakOf))) as [
      ListedBreak,
      ListedBreak,
      ListedBreak,
    ];
    const { breaks } = await service.get<{ breaks: ListedBreak[] }>(
      '/breaks?sort=value&minValue=2&kind=erp-balance&status=open',
    );
    expect(breaks.map(({ breakId }) => breakId)).toEqual([three.breakId, two.breakId]);

    const items = [one, three].map(({ breakId, revision }) => ({ breakId, expectedRevision: revision }));
    const stranger = { breakId: '00000000-0000-4000-8000-000000000000', expectedRevision: '1' };
    const bulk = {
      act: { action: 'resolve', resolution: 'WRITE_OFF', reason: 'rounding' },
      items: [...items, stranger],
    };
    const dry = await mara.post<BulkResult>('/breaks/bulk', { ...bulk, dryRun: true });
    expect((await breakOf('1')).workflow).toBe('OPEN');
    const done = await mara.post<BulkResult>('/breaks/bulk', bulk);
    expect([dry.items, dry.success, dry.ineligible]).toEqual([done.items, 2, 1]);
    expect(done.items.map(({ workflow, code }) => [workflow, code])).toEqual([
      ['RESOLVED', null],
      ['PROPOSED', null],
      [null, 'BREAK_UNKNOWN'],
    ]);

    const csv = await mara.get<string>('/break-sheets/export?kind=erp-balance');
    expect(csv.split('\r\n')).toHaveLength(4);
    await service
      .as('jon', 'operator')
      .post(`/breaks/${three.breakId}/assign`, { expectedRevision: '2', assignee: 'jon' });
    const [header = '', ...lines] = csv.replace('\ufeff', '').split('\r\n');
    const edit = (line: string, over: Record<string, string>): string =>
      line
        .split(',')
        .map((cell, index) => over[header.split(',')[index] ?? ''] ?? cell)
        .join(',');
    const edited = [
      header,
      edit(lines.find((line) => line.includes(three.breakId)) ?? '', { assignee: 'mara' }),
      edit(lines.find((line) => line.includes(two.breakId)) ?? '', {
        assignee: "'=mara",
        resolution: 'void',
        reason: 'void',
      }),
      edit(lines.find((line) => line.includes(two.breakId)) ?? '', { break_id: stranger.breakId }),
    ].join('\r\n');
    const preview = await mara.post<ImportResult>('/break-sheets/import', { csv: edited });
    expect(preview).toMatchObject({ applied: false, counts: { success: 1, conflict: 1, refused: 1 } });
    expect((await breakOf('2')).assignee).toBeNull();
    const applied = await mara.post<ImportResult>('/break-sheets/import', { csv: edited, apply: true });
    expect(applied.rows.map(({ outcome, current }) => [outcome, current?.assignee])).toEqual([
      ['conflict', 'jon'],
      ['success', undefined],
      ['refused', undefined],
    ]);
    expect(await breakOf('2')).toMatchObject({ assignee: '=mara', workflow: 'RESOLVED', resolution: 'VOID' });
    expect(await mara.get<string>('/break-sheets/export?kind=erp-balance&workflow=resolved')).toContain("'=mara");
    expect(await mara.post('/break-sheets/import', { csv: 'a,b\n' }, 422)).toMatchObject({ code: 'SHEET_UNREADABLE' });
    await service.as('ada', 'auditor').post('/break-sheets/import', { csv: edited, apply: true }, 403);
  });

  it('shows what was changed behind its audit, and opens again when the day of a pending resolution is over', async () => {
    const mara = service.as('mara', 'operator');
    await mara.put('/exchange-rates', {
      rates: [{ from: 'USD', to: 'EUR', date: '2026-01-01', rate: '0.9', source: 'ECB' }],
    });
    expect(await mara.get('/exchange-rates?from=USD')).toMatchObject({ rates: [{ rate: '0.9', source: 'ECB' }] });
    await service.run(rows({ '1': '20', '2': '30' }));
    const [one, two] = (await Promise.all(['1', '2'].map(breakOf))) as [ListedBreak, ListedBreak];
    await mara.post(`/breaks/${two.breakId}/resolve`, {
      ...{ expectedRevision: two.revision, resolution: 'TIMING', reason: 'paid on Friday' },
      expectedOn: new Date().toISOString().slice(0, 10),
    });
    await sql(`UPDATE break SET state = jsonb_set(state, '{expectedOn}', '"2026-01-01"') WHERE break_id = $1`, [
      two.breakId,
    ]);
    await eventually(async () => ((await breakOf('2')).workflow === 'OPEN' ? true : null));
    const byValue = async (more = ''): Promise<{ breaks: ListedBreak[]; nextCursor: string | null }> =>
      service.get(`/breaks?sort=value&limit=1&minValue=25${more}`);
    expect((await byValue()).breaks[0]?.breakId).toBe(two.breakId);
    // A value without a rate is above every other.
    await sql(`UPDATE break SET state = jsonb_set(state, '{groupValue}', 'null') WHERE break_id = $1`, [one.breakId]);
    const top = await byValue();
    const rest = await byValue(`&cursor=${top.nextCursor}`);
    expect([top, rest].map(({ breaks }) => breaks[0]?.breakId)).toEqual([one.breakId, two.breakId]);
    await sql(`UPDATE break SET state = jsonb_set(state, '{value}', '"1"') WHERE break_id = $1`, [one.breakId]);
    const all = await service
      .as('ada', 'auditor')
      .get<{ checked: number; faults: ChainVerdict[]; nextCursor: string | null }>('/breaks/audit/verify');
    expect(all.faults).toMatchObject([
      { breakId: one.breakId, fault: { problem: expect.stringContaining('left it') } },
    ]);
    await sql(`DELETE FROM audit_entry WHERE target_id = $1 AND sequence = 2`, [two.breakId]);
    expect((await verify(two.breakId)).fault).toMatchObject({ sequence: '3' });
    expect(await service.get('/openapi.json')).toMatchObject({ openapi: '3.1.0' });
  });
});
