import { describe, expect, it } from 'vitest';
import { askedBy, governedBy, type Approvals, type Content } from './governed.ts';

const customer: Content = {
  ...{ accountNumber: 'A-1', name: 'Acme', legalName: null, taxId: 'DE1', currency: 'EUR', lifecycle: 'ACTIVE' },
  ...{ paymentTerms: 'Net 30', billingAddress: null },
};
const approved = { taxId: 'DE1', paymentTerms: 'Net 30' };
const told = (more: Partial<Content>, approvals: Partial<Approvals> = {}) => {
  const { content, waiting } = governedBy({ ...customer, ...more }, { approved, rejected: null, ...approvals });
  return { name: content.name, taxId: content.taxId, waits: askedBy(waiting) };
};

describe('a change of what is governed', () => {
  it.each<[string, Partial<Content>, Partial<Approvals>, object]>([
    ['is none at first', {}, { approved: null }, { taxId: 'DE1', waits: null }],
    ['is none when nothing changed', {}, {}, { taxId: 'DE1', waits: null }],
    [
      'waits, and all else goes on',
      { taxId: 'DE2', name: 'Acme Ltd' },
      {},
      { name: 'Acme Ltd', waits: { taxId: 'DE2' } },
    ],
    ['leaves what was approved in the ERP', { taxId: 'DE2' }, {}, { taxId: 'DE1' }],
    ['waits when it takes the value away', { taxId: null }, {}, { taxId: 'DE1', waits: { taxId: null } }],
    ['waits when it is the first value', {}, { approved: { ...approved, taxId: null } }, { waits: { taxId: 'DE1' } }],
    [
      'is over when it was approved',
      { taxId: 'DE2' },
      { approved: { ...approved, taxId: 'DE2' } },
      { taxId: 'DE2', waits: null },
    ],
    ['is over when it was rejected', { taxId: 'DE2' }, { rejected: { taxId: 'DE2' } }, { taxId: 'DE1', waits: null }],
    ['waits again with another value', { taxId: 'DE3' }, { rejected: { taxId: 'DE2' } }, { waits: { taxId: 'DE3' } }],
    [
      'is asked field by field',
      { taxId: 'DE2', paymentTerms: null },
      { rejected: { taxId: 'DE2' } },
      { waits: { paymentTerms: null } },
    ],
  ])('%s', (_name, more, approvals, expected) => {
    expect(told(more, approvals)).toMatchObject(expected);
  });
});
