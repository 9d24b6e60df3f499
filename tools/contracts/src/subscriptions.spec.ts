import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSubscriptions } from './subscriptions.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'subscriptions-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('counts the consumers that a service wires, as constants, functions and factory calls', () => {
  write(
    'apps/erp/src/app.module.ts',
    `consumers: [invoices, customers('main', queue), stateConsumer('finance.payment.v1')]`,
  );
  write('apps/erp/src/a/invoice.consumer.ts', `export const invoices: ConsumerSpec<'finance.invoice.v1'> = {};`);
  write(
    'apps/erp/src/customer.consumer.ts',
    `export function customers(instance: string,\n  queue: Queue): ConsumerSpec<'finance.customer.v1'> {}`,
  );
  expect(readSubscriptions(root)).toEqual(
    new Map([['erp', new Set(['finance.invoice.v1', 'finance.customer.v1', 'finance.payment.v1'])]]),
  );
});

it('counts a consumer that libs/messaging offers', () => {
  write('apps/crm/src/app.module.ts', 'consumers: [requests(source, queue)]');
  write(
    'libs/messaging/src/requests.ts',
    `export function requests(\n  { service }: Source,\n  queue: Queue,\n): ConsumerSpec<'finance.snapshot-request.v1'> {}`,
  );
  expect(readSubscriptions(root)).toEqual(new Map([['crm', new Set(['finance.snapshot-request.v1'])]]));
});

it('does not count a consumer that nobody wires', () => {
  write('apps/erp/src/app.module.ts', 'consumers: []');
  write('apps/erp/src/invoice.consumer.ts', `export const invoices: ConsumerSpec<'finance.invoice.v1'> = {};`);
  expect(readSubscriptions(root)).toEqual(new Map([['erp', new Set()]]));
});

it('leaves out a service without consumers', () => {
  write('apps/web/src/app.module.ts', '');
  expect(readSubscriptions(root).size).toBe(0);
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
