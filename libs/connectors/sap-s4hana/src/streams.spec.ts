import type { RecordRead, StateOf } from '@tieout/connector-erp';
import { describe, expect, it } from 'vitest';
import { collapsed, rereadsOf } from './announcements.ts';
import { advanced, beginning, isWorthStoring, windowOf, type Depth, type SourceCursor } from './reading-cursor.ts';
import { recordReader, type ChangePage, type ChangeSource } from './record-reader.client.ts';

const depth: Depth = { overlapSeconds: 10, sweepSeconds: 300, completeHours: 24 };
const at = (clock: string): { next: null; clock: string } => ({ next: null, clock: `2026-03-10T${clock}.000Z` });
const read = (cursor: SourceCursor | null, clock: string): SourceCursor =>
  advanced(cursor, windowOf(cursor, depth), at(clock));

describe('where a source stands', () => {
  it('begins with everything, and goes on behind the last key until that is read', () => {
    expect(windowOf(null, depth)).toEqual({ from: null, after: null });
    const page = { next: ['0000000200'], clock: '2026-03-10T09:00:00.000Z' };
    const half = advanced(null, windowOf(null, depth), page);
    expect(windowOf(half, depth)).toMatchObject({ from: null, after: ['0000000200'] });
    // What changed while it was read is read again: since its beginning.
    expect(windowOf(read(half, '09:30:00'), { ...depth, completeHours: null })).toEqual({
      ...{ from: '2026-03-10T08:59:50.000Z', after: null },
    });
  });

  it('looks back a little each time, far once a minute, and over everything once a day', () => {
    const first = read(null, '09:00:00');
    const second = read(first, '09:00:30');
    expect(windowOf(second, depth).from).toBe('2026-03-10T09:00:20.000Z');
    const third = read(second, '09:01:00');
    expect(windowOf(third, depth).from).toBe('2026-03-10T08:55:00.000Z');
    const swept = read(third, '09:01:05');
    expect(windowOf(swept, depth).from).toBe('2026-03-10T09:00:55.000Z');
    const next = { ...swept, since: '2026-03-11T09:00:00.000Z' };
    expect(windowOf(next, depth)).toEqual({ from: null, after: null });
    expect(windowOf(next, { ...depth, completeHours: null }).from).not.toBeNull();
  });

  it('is not stored for a clock that moved a little', () => {
    const first = read(null, '09:00:00');
    expect(isWorthStoring(null, first)).toBe(true);
    expect(isWorthStoring(first, read(first, '09:00:02'))).toBe(false);
    expect(isWorthStoring(first, read(first, '09:00:06'))).toBe(true);
  });
});

type Read = RecordRead<StateOf<'finance.invoice.v1'>>;
const mapped = (vendorId: string): Read => ({
  vendorId,
  mapped: { kind: 'mapped', value: { number: vendorId } as never },
});
const torn = (vendorId: string): Read => ({
  vendorId,
  mapped: { kind: 'refused', problem: { code: 'does-not-add-up', field: 'lines', message: 'torn' } },
});

function stream(sources: readonly ChangeSource[], byIds: (ids: readonly string[]) => readonly Read[]) {
  return recordReader<'finance.invoice.v1', Read>({
    ...{ stream: 'invoice', topic: 'finance.invoice.v1', objectType: 'invoice', sources },
    byIds: (ids) => Promise.resolve(byIds(ids)),
    keyOf: (id) => id,
    asDeleted: (value) => value,
  });
}

function source(name: string, pages: readonly Partial<ChangePage>[], more: Partial<ChangeSource> = {}): ChangeSource {
  const left = [...pages];
  const page = (): Promise<ChangePage> =>
    Promise.resolve({ changed: [], next: null, clock: new Date('2026-03-10T09:00:00Z'), ...left.shift() });
  return { name, depth, page, ...more };
}

const signal = new AbortController().signal;

describe('a stream', () => {
  it('reads each changed record once, whoever says that it changed', async () => {
    const asked: (readonly string[])[] = [];
    const sources = [source('billing', [{ changed: ['1', '2'] }]), source('accounts', [{ changed: ['2', '3'] }])];
    const reader = stream(sources, (ids) => {
      asked.push(ids);
      return ids.map(mapped);
    });
    const page = await reader.read(null, signal);
    expect(asked).toEqual([['1', '2', '3']]);
    expect(page).toMatchObject({ deleted: [], more: false, worthStoring: true });
  });

  it('finishes a reading that has begun, and lets a source begin where the other did', async () => {
    let asked = 0;
    const accounts = source('accounts', [], { fromNow: true });
    const counted: ChangeSource = {
      ...accounts,
      page: (...args) => {
        asked += 1;
        return accounts.page(...args);
      },
    };
    const reader = stream([source('billing', [{ changed: ['1'], next: ['1'] }, { changed: ['2'] }]), counted], (ids) =>
      ids.map(mapped),
    );
    const first = await reader.read(null, signal);
    expect(first).toMatchObject({ more: true, next: { accounts: beginning('2026-03-10T09:00:00.000Z') } });
    const second = await reader.read(first.next, signal);
    expect([second.more, second.records.map(({ vendorId }) => vendorId), asked]).toEqual([false, ['2'], 0]);
    await reader.read(second.next, signal);
    expect(asked).toBe(1);
  });

  it('reads records whose parts do not fit together again, once', async () => {
    const asked: (readonly string[])[] = [];
    const reader = stream([source('billing', [{ changed: ['1', '2', '3'] }])], (ids) => {
      asked.push(ids);
      return ids.map((id) => (id === '3' || (id === '2' && asked.length === 1) ? torn(id) : mapped(id)));
    });
    const { records } = await reader.read(null, signal);
    expect(asked).toEqual([
      ['1', '2', '3'],
      ['2', '3'],
    ]);
    expect(records.map(({ vendorId, mapped: { kind } }) => [vendorId, kind])).toEqual([
      ...[
        ['1', 'mapped'],
        ['2', 'mapped'],
        ['3', 'refused'],
      ],
    ]);
  });
});

describe('what events ask to be read again', () => {
  it('is their object, in the streams that hold it', () => {
    expect(rereadsOf({ type: 'sap.s4.beh.salesorder.v1.SalesOrder.Changed.v1', key: { SalesOrder: '7' } })).toEqual([
      { stream: 'order', vendorIds: ['7'] },
    ]);
    const bill = { type: 'sap.s4.beh.billingdocument.v1.BillingDocument.Created.v1', key: { BillingDocument: '9' } };
    expect(rereadsOf(bill).map(({ stream: name }) => name)).toEqual(['invoice', 'credit-memo']);
    expect(rereadsOf({ type: 'sap.s4.beh.product.v1.Product.Changed.v1', key: { Product: 'X' } })).toEqual([]);
    expect(rereadsOf({ type: 'sap.s4.beh.salesorder.v1.SalesOrder.Changed.v1', key: {} })).toEqual([]);
  });

  it('is read once, however often it is announced', () => {
    const order = { stream: 'order', vendorIds: ['7'] };
    expect(collapsed([order, { stream: 'invoice', vendorIds: ['9'] }, order])).toEqual([
      ...[order, { stream: 'invoice', vendorIds: ['9'] }],
    ]);
  });
});
