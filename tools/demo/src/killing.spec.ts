import { describe, expect, it } from 'vitest';
import { createKilling } from './killing.ts';
import type { Service } from './options.ts';
import type { Supervisor } from './supervisor.ts';

function killing(...services: Service[]) {
  const killed: string[] = [];
  const supervisor = { pids: () => ({}), kill: (name: string) => void killed.push(name) } as unknown as Supervisor;
  const progress = { step: () => undefined, state: () => undefined, note: () => undefined };
  return { killed, ...createKilling(services, supervisor, progress) };
}

describe('killing services on the way', () => {
  it('happens once to each that is asked for, when enough of its data is loaded', () => {
    const { killed, killDue } = killing('erp-adapter', 'reconciliation');
    killDue(['erp-adapter', 'planning-publisher'], 0.39);
    expect(killed).toEqual([]);
    killDue(['erp-adapter', 'planning-publisher'], 0.4);
    killDue(['erp-adapter', 'planning-publisher'], 0.9);
    expect(killed).toEqual(['erp-adapter']);
  });

  it('happens in the end to those for which there was too little to load', () => {
    const { killed, kill, isDue, killRest } = killing('crm-ingest', 'reconciliation');
    expect([isDue('crm-ingest', 0.5), isDue('erp-adapter', 0.5)]).toEqual([true, false]);
    kill('crm-ingest');
    expect(isDue('crm-ingest', 1)).toBe(false);
    killRest();
    expect(killed).toEqual(['crm-ingest', 'reconciliation']);
  });
});
