import { describe, expect, it } from 'vitest';
import { act, by, chainOf, findingOf, found, opened, policy, resolve, run, triage } from './break.fixture.ts';
import { actionsOf, verifyBreak } from './break-case.ts';
import type { Transition } from './break-state.ts';
import { perform } from './decide.ts';
import { linksOf } from './links.ts';
import { seen } from './transition.ts';

const first = seen(null, findingOf(found()), run(1), triage) as Transition;
const proposed = perform(first.after, 1n, resolve('WRITE_OFF'), by('mara')).transition;
const approved = perform(proposed.after, 2n, act('approve'), by('jon')).transition;

describe('what a break offers', () => {
  it('is each resolution that fits, with what it asks for', () => {
    const offered = actionsOf(first.after, 'mara', policy);
    expect(
      offered.filter(({ action }) => action === 'resolve').map((one) => [one.resolution, one.needs, one.secondPerson]),
    ).toEqual([
      ['CORRECTED_AT_SOURCE', [], false],
      ['WRITE_OFF', [], true],
      ['TIMING', ['expectedOn'], false],
      ['FX', [], true],
      ['EXPLAINED', [], true],
      ['FORCE_MATCH', ['counterpart'], true],
      ['VOID', [], true],
    ]);
    const name = opened(found({ kind: 'name', objectType: 'customer', currency: null, difference: null }));
    expect(actionsOf(name, 'mara', policy).map(({ resolution }) => resolution)).not.toContain('WRITE_OFF');
  });

  it('does not offer an approval to who proposed', () => {
    const names = (who: string) => actionsOf(proposed.after, who, policy).map(({ action }) => action);
    expect(names('mara')).not.toContain('approve');
    expect(names('jon')).toEqual(expect.arrayContaining(['approve', 'reject']));
  });
});

describe('the audit of a break', () => {
  const chain = chainOf([first, proposed, approved]);

  it('proves what happened', () => {
    expect(verifyBreak(approved.after, chain)).toMatchObject({ entries: 3, end: { sequence: '3' }, fault: null });
  });

  it.each([
    ['a state that nobody decided', { ...approved.after, approvedBy: 'ann' }, chain, '3'],
    ['an entry that is gone', approved.after, [chain[0]!, chain[2]!], '3'],
    ['entries that are cut off', approved.after, chain.slice(0, 2), '2'],
    ['an entry that was changed', approved.after, [chain[0]!, { ...chain[1]!, actor: 'ann' }, chain[2]!], '2'],
    ['no entries', approved.after, [], '0'],
  ])('shows %s', (_, state, entries, sequence) => {
    expect(verifyBreak(state, entries).fault).toMatchObject({ sequence });
  });
});

describe('the links of a break', () => {
  const known = [
    {
      topic: 'finance.customer.v1',
      key: 'c',
      system: 'salesforce',
      instance: 'main',
      entity: 'Account',
      vendorId: '001A',
    },
    {
      topic: 'finance.invoice.v1',
      key: 'i',
      system: 'netsuite',
      instance: 'main',
      entity: 'invoice',
      vendorId: '7&x=1',
    },
  ].map((one, index) => ({ ...one, correlationId: `trace-${index}` }));
  const templates = {
    netsuite: 'https://erp.example/{instance}/{entity}?id={id}',
    trace: 'https://traces.example/{id}',
  };

  it('lead to the records, what the evidence names, its trace and dead letters', () => {
    const state = { ...first.after, customerId: 'c', evidence: { erp: '9' } };
    const letters = [{ id: 'd', topic: 'finance.invoice.v1', reason: 'data' }];
    expect(
      linksOf(state, known, letters, templates).map(({ about, where, id, url }) => [about, where, id, url]),
    ).toEqual([
      ['document', 'netsuite', '7&x=1', 'https://erp.example/main/invoice?id=7%26x%3D1'],
      ['party', 'salesforce', '001A', null],
      ['evidence', 'erp', '9', null],
      ['trace', 'trace', 'trace-1', 'https://traces.example/trace-1'],
      ['dead-letter', 'finance.invoice.v1', 'd', null],
    ]);
  });
});
