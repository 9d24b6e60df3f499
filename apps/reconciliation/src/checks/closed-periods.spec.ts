import { describe, expect, it } from 'vitest';
import { checkClosedPeriods, type ClosedPeriod, type PostedDocument } from './closed-periods.ts';

const march: ClosedPeriod = {
  ...{ id: 'p3', name: 'Mar 2026', system: 'netsuite', instance: 'main', legalEntityId: null },
  ...{ startDate: '2026-03-01', endDate: '2026-03-31', closedAt: '2026-04-05T08:00:00.000Z' },
};
const late: PostedDocument = {
  ...{ type: 'invoice', id: 'i1', number: 'INV1', system: 'netsuite', instance: 'main', legalEntityId: 'le' },
  ...{ customerId: 'c', currency: 'EUR', date: '2026-03-31', amount: '100', changedAt: null },
  ...{ publishedAt: '2026-04-05T08:00:00.001Z', vendorChangedAt: '2026-04-05T08:00:00.001Z' },
};
const told = (document: Partial<PostedDocument>, period: Partial<ClosedPeriod> = {}) =>
  checkClosedPeriods([{ ...late, ...document }], [{ ...march, ...period }]).map(({ kind, object, actual }) => [
    ...[kind, object, actual],
  ]);
const FOUND = [['posted', 'i1', '100']];

describe('a document in a closed period', () => {
  it.each<[string, Partial<PostedDocument>, Partial<ClosedPeriod>, unknown[]]>([
    ['came after it was closed', {}, {}, FOUND],
    ['came as it was closed', { publishedAt: march.closedAt }, {}, []],
    ['was there in the ERP before, and late here', { vendorChangedAt: '2026-04-05T07:59:59.000Z' }, {}, []],
    ['came from an ERP that states no times', { vendorChangedAt: null }, {}, FOUND],
    ['is of its first day', { date: '2026-03-01' }, {}, FOUND],
    ['is of the day before', { date: '2026-02-28' }, {}, []],
    ['is of the day after', { date: '2026-04-01' }, {}, []],
    ['is of a legal entity whose books are closed', {}, { legalEntityId: 'le' }, FOUND],
    ['is of another legal entity', {}, { legalEntityId: 'other' }, []],
    ['is of another instance', { instance: 'region' }, {}, []],
    ['is of another system under the same name', { system: 'sap-s4hana' }, {}, []],
  ])('%s', (_name, document, period, expected) => {
    expect(told(document, period)).toEqual(expected);
  });

  it('is said once, whatever periods it is in and whatever their order', () => {
    const year = { ...march, id: 'p0', name: 'FY 2026', endDate: '2026-12-31' };
    const one = checkClosedPeriods([late], [march, year]);
    expect(one).toHaveLength(1);
    expect(checkClosedPeriods([late], [year, march])).toEqual(one);
  });
});
