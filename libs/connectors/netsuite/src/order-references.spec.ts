import type { ErpCommand } from '@tieout/canonical';

import { describe, expect, it } from 'vitest';
import type { NetSuiteClient } from './client.ts';
import { createReferences } from './order-references.client.ts';

const command = (more: Partial<ErpCommand> & { codes?: (string | null)[] } = {}): ErpCommand =>
  ({
    ...{ legalEntity: 'CH', currency: 'CHF', ...more },
    lines: (more.codes ?? [null]).map((itemCode) => ({ itemCode })),
  }) as unknown as ErpCommand;
const { signal } = new AbortController();

/** An account that counts what it is asked; `things` are its items. */
function account(things: Map<string, string>): { client: NetSuiteClient; asked: string[] } {
  const asked: string[] = [];
  const client = {
    subsidiaries: async () => (asked.push('subsidiaries'), [{ id: '2', name: 'CH' }]),
    currencyIds: async () => (asked.push('currencies'), new Map([['CHF', '1']])),
    itemIds: async (codes: readonly string[]) => {
      asked.push(`items ${codes.join()}`);
      return new Map([...things].filter(([code]) => codes.includes(code)));
    },
  } as unknown as NetSuiteClient;
  return { client, asked };
}

describe('what orders refer to', () => {
  it('is asked for once, and again after a while', async () => {
    const { client, asked } = account(new Map([['Services', '1']]));
    let clock = 0;
    const read = createReferences(client, 'Services', () => clock);
    expect((await read(command(), signal)).defaultItem).toBe('1');
    await read(command(), signal);
    expect(asked).toEqual(['subsidiaries', 'currencies', 'items Services']);
    clock = 60_001;
    await read(command(), signal);
    expect(asked).toHaveLength(6);
  });

  it('is asked for again as long as it is not there', async () => {
    const things = new Map([['Services', '1']]);
    const { client, asked } = account(things);
    const read = createReferences(client, 'Services', () => 0);
    await read(command({ codes: ['SUB-1'] }), signal);
    things.set('SUB-1', '7');
    expect((await read(command({ codes: ['SUB-1'] }), signal)).items.get('SUB-1')).toBe('7');
    await read(command({ codes: ['SUB-1'], legalEntity: 'DE' }), signal);
    expect(asked).toEqual(['subsidiaries', 'currencies', 'items Services,SUB-1', 'items SUB-1', 'subsidiaries']);
  });
});
