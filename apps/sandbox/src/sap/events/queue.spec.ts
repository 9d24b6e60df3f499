import { describe, expect, it } from 'vitest';
import { createQueue } from './queue.ts';

const time = new Date('2026-01-31T12:00:00Z');
const changed = (number: string) => ({
  type: 'sap.s4.beh.salesorder.v1.SalesOrder.Changed.v1',
  key: { SalesOrder: number },
});

describe('a queue of SAP Event Mesh', () => {
  it('tells of a change by its key alone, as a CloudEvent', () => {
    const queue = createQueue(() => 0);
    queue.publish([changed('1')], time);
    expect(JSON.parse(queue.take(true)!.body)).toMatchObject({
      specversion: '1.0',
      type: 'sap.s4.beh.salesorder.v1.SalesOrder.Changed.v1',
      time: '2026-01-31T12:00:00.000Z',
      datacontenttype: 'application/json',
      data: { SalesOrder: '1' },
    });
  });

  it('hands a message out again, under another id, until it is acknowledged', () => {
    let now = 0;
    const queue = createQueue(() => now);
    queue.publish([changed('1')], time);
    const first = queue.take(true)!;
    expect(queue.take(true)).toBeNull();
    now = 30_000;
    const second = queue.take(true)!;
    expect(second.body).toBe(first.body);
    expect(queue.acknowledge(first.messageId)).toBe(false);
    expect(queue.acknowledge(second.messageId)).toBe(true);
    now = 90_000;
    expect(queue.take(true)).toBeNull();
  });

  it('forgets a message with quality of service 0 when it is handed out', () => {
    const queue = createQueue(() => 0);
    queue.publish([changed('1')], time);
    expect(queue.take(false)).not.toBeNull();
    expect(queue.depth()).toBe(0);
  });

  it('delivers late, twice, in another order or not at all, as it is told to', () => {
    let now = 0;
    const queue = createQueue(() => now);
    queue.change({ delayMs: 100, copies: 1 });
    queue.publish([changed('1')], time);
    expect(queue.take(true)).toBeNull();
    now = 100;
    expect(queue.take(true)!.body).toBe(queue.take(true)!.body);
    queue.change({ delayMs: 0, copies: 0, reorder: true, lose: 1 });
    queue.publish([changed('lost'), changed('2'), changed('3')], time);
    expect(
      [queue.take(false), queue.take(false)].map((each) => (JSON.parse(each!.body) as { data: object }).data),
    ).toEqual([{ SalesOrder: '3' }, { SalesOrder: '2' }]);
    expect(queue.take(false)).toBeNull();
  });
});
