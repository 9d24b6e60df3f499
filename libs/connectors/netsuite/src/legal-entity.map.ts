import { isCurrency, type LegalEntity } from '@tieout/canonical';
import { fateOf, refuse, type Mapped } from '@tieout/connector-erp';
import { idOf, sourceOf, type Origin } from './identity.ts';
import type { SubsidiaryRow } from './vendor-types.ts';

/** A subsidiary as legal entity; its NetSuite name is the code that finance uses. */
export function mapLegalEntity(row: SubsidiaryRow, origin: Origin): Mapped<Omit<LegalEntity, 'revision'>> {
  return fateOf(() => {
    if (!isCurrency(row.currency)) {
      refuse('unknown-currency', 'currency', `${JSON.stringify(row.currency)} is not an ISO 4217 currency`);
    }
    return {
      legalEntityId: idOf('subsidiary', origin, row.id),
      lifecycle: row.isinactive === 'T' ? 'INACTIVE' : 'ACTIVE',
      code: row.name,
      name: row.legalname ?? row.name,
      currency: row.currency,
      country: row.country ?? null,
      parentId: row.parent === undefined ? null : idOf('subsidiary', origin, row.parent),
      instance: origin.instance,
      source: sourceOf('subsidiary', origin, row),
    };
  });
}
