import { isCurrency, type LegalEntity } from '@tieout/canonical';
import { fateOf, refuse, rowOf, type Mapped } from '@tieout/connector-erp';
import { idOf, sourceOf, type Origin } from './identity.ts';
import type { Row } from './odata.ts';
import { companyCodeRow } from './vendor-types.ts';

/** A company code as legal entity. The group's structure above it is not in this interface. */
export function mapLegalEntity(
  raw: Row,
  codes: ReadonlyMap<string, string>,
  origin: Origin,
): Mapped<Omit<LegalEntity, 'revision'>> {
  return fateOf(() => {
    const row = rowOf('company code', companyCodeRow, raw);
    if (!isCurrency(row.Currency))
      refuse('unknown-currency', 'Currency', `${JSON.stringify(row.Currency)} is not an ISO 4217 currency`);
    return {
      legalEntityId: idOf('CompanyCode', origin, row.CompanyCode),
      lifecycle: 'ACTIVE',
      code: codes.get(row.CompanyCode) ?? row.CompanyCode,
      name: row.CompanyCodeName ?? row.CompanyCode,
      currency: row.Currency,
      country: row.Country,
      parentId: null,
      instance: origin.instance,
      source: sourceOf('CompanyCode', origin, row.CompanyCode),
    };
  });
}
