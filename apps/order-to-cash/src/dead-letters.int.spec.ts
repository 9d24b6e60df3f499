import { randomUUID } from 'node:crypto';
import { derivedId, type Contract, type ErpCommand, type ErpOutcome } from '@tieout/canonical';
import { startService, type RunningService } from '@tieout/platform';
import { createDatabase, createIssuer, eventually, stack, takeTurns, type TestIssuer } from '@tieout/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBus, type Bus } from '../test/fixture-bus.ts';
import { tieoutFor, type Said } from '../test/fixture-tieout.ts';
import { service } from './app.module.ts';

const OUTCOME = 'finance.erp-outcome.v1';

let bus: Bus;
let issuer: TestIssuer;
let running: RunningService;
let tieout: (...args: string[]) => Promise<Said>;

takeTurns('order-to-cash');

beforeAll(async () => {
  bus = await openBus();
  issuer = await createIssuer();
  running = await startService(service, {
    LOG_LEVEL: 'error',
    KAFKA_BROKERS: stack().brokers.join(','),
    SCHEMA_REGISTRY_URL: stack().registryUrl,
    SCHEMA_BUNDLE: bus.bundle,
    DATABASE_URL: (await createDatabase('order_to_cash')).url,
    DATABASE_SCHEMA: 'order_to_cash',
    ...issuer.environment,
  });
  tieout = tieoutFor('order-to-cash', running.url, await issuer.token({ subject: 'mara', roles: ['operator'] }));
});
afterAll(async () => {
  await running.stop();
  await bus.close();
});

interface Answer {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

async function call(path: string, role: string | null, body?: object): Promise<Answer> {
  const headers = role === null ? {} : await issuer.as('mara', role);
  const post = { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${running.url}${path}`, {
    ...(body === undefined ? {} : post),
    headers: { ...headers, 'content-type': 'application/json' },
  });
  return { status: response.status, body: await response.json() };
}
const get = async (path: string): Promise<Answer['body']> => (await call(path, 'auditor')).body;

function contract(contractId: string): Contract {
  const origin = { system: 'salesforce', instance: 'main', entity: 'Contract', id: '800' };
  const line = {
    ...{ billingId: derivedId('test', contractId), billOn: '2026-03-31', productId: null, productCode: 'SUB-1' },
    ...{ description: null, quantity: '0.3333333333', unitPrice: '300.03', net: '100.01' },
  };
  return {
    ...{ contractId, revision: 1n, lifecycle: 'ACTIVE', number: '00000101', customerId: randomUUID() },
    ...{
      opportunityId: null,
      legalEntity: 'CH',
      currency: 'CHF',
      startDate: '2026-03-01',
      termMonths: 12,
      net: '100.01',
    },
    billingSchedule: [line],
    source: { ...origin, version: null, changedAt: null },
  };
}

function outcomeOf({ commandId, contractId, contractRevision }: ErpCommand): ErpOutcome {
  return {
    ...{ outcomeId: derivedId('outcome', commandId), commandId, contractId, contractRevision, status: 'DONE' },
    ...{ instance: 'main', orderId: derivedId('order', contractId), orderNumber: 'SO-1', code: null, message: null },
    ...{ commandType: null, invoiceId: null, invoiceNumber: null, documentDate: null, decisionId: null },
    at: '2026-03-01T02:00:05.000Z',
  };
}

/** A contract whose order waits: what the ERP said first cannot be read, what it said then is parked behind it. */
async function stuck(): Promise<{ contractId: string; head: string; parked: string }> {
  const contractId = randomUUID();
  await bus.send('finance.contract.v1', contractId, contract(contractId));
  const command = await eventually(async () => (await bus.read('finance.erp-command.v1', contractId))[0]);
  await bus.sendBytes(OUTCOME, contractId, Buffer.from('junk of ada@example.org'));
  await bus.send(OUTCOME, contractId, outcomeOf(command));
  const held = await eventually(async () => {
    const { deadLetters } = await get(`/dead-letters?key=${contractId}`);
    return deadLetters.length === 2 ? deadLetters : null;
  });
  return { contractId, head: held[1].deadLetterId, parked: held[0].deadLetterId };
}

const state = async (contractId: string): Promise<string> => (await get(`/orders/${contractId}`)).state;

describe('dead letters over HTTP', () => {
  it('are for auditors and operators to read and for operators to act on', async () => {
    const { head } = await stuck();
    const body = { filter: { ids: [head] }, reason: 'x' };
    for (const path of ['/dead-letters', `/dead-letters/${head}`, '/dead-letters/redrives']) {
      expect((await call(path, null)).status, path).toBe(401);
      expect((await call(path, 'auditor')).status, path).toBe(200);
      expect((await call(path, 'operator')).status, path).toBe(200);
    }
    for (const path of ['/dead-letters/redrives', '/dead-letters/discard', `/dead-letters/redrives/${head}/stop`]) {
      expect((await call(path, null, body)).status, path).toBe(401);
      expect((await call(path, 'auditor', body)).status, path).toBe(403);
    }
    expect((await get(`/dead-letters/${head}`)).history).toEqual([]);
  });

  it('show what is kept: bytes, headers, error, and the value with exact decimals where it can be read', async () => {
    const { head, parked, contractId } = await stuck();
    const bad = await get(`/dead-letters/${head}`);
    expect(bad).toMatchObject({
      ...{ topic: OUTCOME, key: contractId, status: 'open', reason: 'data', errorCode: 'magic-byte', attempts: 1 },
      ...{ stage: 'VALUE_CONVERTER', valueBase64: Buffer.from('junk of ada@example.org').toString('base64') },
      decoded: { error: { code: 'magic-byte' } },
    });
    expect(bad.headers).toContainEqual({
      name: 'ce_type',
      text: OUTCOME,
      base64: Buffer.from(OUTCOME).toString('base64'),
    });
    const good = await get(`/dead-letters/${parked}`);
    expect(good).toMatchObject({ status: 'parked', decoded: { value: { contractId, contractRevision: '1' } } });
  });

  it('come page by page, and only those that are asked for', async () => {
    const ids = new Set([(await stuck()).head, (await stuck()).head, (await stuck()).head]);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = await get(`/dead-letters?reason=data&errorCode=magic-byte&limit=1${cursor}`);
      seen.push(...page.deadLetters.map((one: { deadLetterId: string }) => one.deadLetterId));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining([...ids]));
    expect((await get('/dead-letters?topic=finance.contract.v1')).deadLetters).toEqual([]);
    expect((await get('/dead-letters?failedTo=2020-01-01T00:00:00Z')).deadLetters).toEqual([]);
  });

  it.each([
    ['a cursor that is none of ours', '/dead-letters?cursor=abc', undefined],
    ['a status that there is not', '/dead-letters?status=half', undefined],
    ['an unknown criterion', '/dead-letters?colour=red', undefined],
    ['an id that is none', '/dead-letters/17', undefined],
    ['a redrive of everything', '/dead-letters/redrives', { filter: {} }],
    ['a discard without a reason', '/dead-letters/discard', { filter: { topic: OUTCOME } }],
    ['a rate that is none', '/dead-letters/redrives', { filter: { topic: OUTCOME }, rate: 0 }],
  ])('refuse %s', async (_, path, body) => {
    expect(await call(path, 'operator', body)).toMatchObject({ status: 400, body: { action: expect.any(String) } });
  });

  it('say in a dry run what would be done and why not, and do nothing', async () => {
    const { head, parked, contractId } = await stuck();
    const filter = { key: contractId };
    const { body: plan } = await call('/dead-letters/redrives', 'operator', { filter, dryRun: true });
    expect(plan).toMatchObject({ dryRun: true, eligible: 2, ineligible: 0 });
    const alone = { filter: { ids: [parked] }, dryRun: true };
    expect((await call('/dead-letters/redrives', 'operator', alone)).body).toMatchObject({
      ...{ eligible: 0, ineligible: 1, why: { behind: 1 } },
      items: [{ deadLetterId: parked, eligible: false, why: 'behind', behind: head }],
    });
    const refused = await call('/dead-letters/redrives', 'operator', { filter: { ids: [parked] } });
    expect(refused).toMatchObject({ status: 409, body: { code: 'NOTHING_ELIGIBLE' } });
    expect((await get(`/dead-letters/${head}`)).marked).toBeNull();
    expect((await call(`/dead-letters/redrives/${randomUUID()}`, 'auditor')).status).toBe(404);
  });
});

describe('the command line', () => {
  it('shows, redrives, discards and follows; the order goes on', { timeout: 120_000 }, async () => {
    const { contractId, head, parked } = await stuck();
    const listed = await tieout('dead-letters', 'list', '--key', contractId);
    expect(listed.stdout).toMatch(/order-to-cash +open .*magic-byte/);
    expect(listed.stdout).toMatch(/order-to-cash +parked .*key-held/);
    expect((await tieout('dead-letters', 'show', head)).stdout).toContain('Cannot be decoded');
    const dry = await tieout('dead-letters', 'redrive', parked, '--dry-run');
    expect(dry.stdout).toContain(`an earlier record of its key is not part of this (${head})`);
    const unsure = await tieout('dead-letters', 'redrive', '--key', contractId);
    expect(unsure).toMatchObject({ code: 1, stderr: expect.stringContaining('confirm with --yes') });

    const again = await tieout('dead-letters', 'redrive', '--key', contractId, '--yes', '--watch', '--json');
    const [redrive] = JSON.parse(again.stdout).redrives;
    expect(redrive).toMatchObject({ state: 'finished', actor: 'mara', items: { failed: 1, skipped: 1 } });
    expect(again.code).toBe(1); // something failed again
    expect(await state(contractId)).toBe('WAITING');
    const stop = await tieout('dead-letters', 'stop', redrive.redriveId);
    expect(stop).toMatchObject({ code: 1, stderr: expect.stringContaining('finished already') });

    const discard = await tieout('dead-letters', 'discard', head, '--reason', 'not Avro at all', '--yes', '--watch');
    expect(discard.stdout).toMatch(/1 applied, 1 discarded|1 discarded, 1 applied/);
    expect(discard.code).toBe(0);
    await eventually(async () => (await state(contractId)) === 'ORDERED');
    const { history } = await get(`/dead-letters/${head}`);
    expect(history.map((entry: { action: string; reason: string }) => [entry.action, entry.reason])).toEqual([
      ['marked', null],
      ['failed-again', null],
      ['marked', 'not Avro at all'],
      ['discarded', 'not Avro at all'],
    ]);
    const audits = await eventually(async () => {
      const found = await bus.read('finance.audit.v1', head);
      return found.length === 4 ? found : null;
    });
    expect(audits.map(({ actor, role }) => `${actor} ${role}`)).toEqual(Array(4).fill('mara operator'));
    expect((await tieout('dead-letters', 'status')).stdout).toMatch(/discard +finished +mara/);
  });
});
