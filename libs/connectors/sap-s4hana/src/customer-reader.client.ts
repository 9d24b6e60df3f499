import type { CustomerReader, KnownCustomers } from '@tieout/connector-erp';
import type { CallOptions, SapClient } from './client.ts';
import {
  changedAt,
  mapCustomerAccount,
  ownedInErp,
  type CustomerRules,
  type PartnerRecord,
} from './customer-account.map.ts';
import { textOf } from './customers.client.ts';
import { idOf, type Origin } from './identity.ts';
import { inParts } from './in-parts.ts';
import { keysetPage } from './keyset.client.ts';
import { and, anyOf, date, ge, ne, or } from './literals.ts';
import type { Row } from './odata.ts';
import type { Depth, Window } from './reading-cursor.ts';
import { recordReader, type ChangeSource } from './record-reader.client.ts';
import { allRows } from './rows.client.ts';
import { PARTNER, PARTNER_STAMPS } from './selects.ts';
import { SERVICES } from './services.ts';
import { systemDate } from './system-time.ts';
import { partnerRow } from './vendor-types.ts';

const PARTNERS = [SERVICES.partners, 'A_BusinessPartner'] as const;
const PAGE = 200;

export interface CustomerParts {
  readonly client: SapClient;
  readonly known: KnownCustomers;
  readonly origin: Origin;
  readonly depth: Depth;
  readonly rules: CustomerRules;
}

/** Business partners whose filter fits, with their customer data. */
export async function readPartners(
  { client, known }: Pick<CustomerParts, 'client' | 'known'>,
  filter: string,
  options: CallOptions,
): Promise<readonly PartnerRecord[]> {
  const rows = await allRows(client, PARTNERS, { ...PARTNER, filter, orderBy: ['BusinessPartner'] }, options);
  const keys = rows.flatMap((row) => textOf(row['BusinessPartnerIDByExtSystem']) ?? []);
  const ours = keys.length === 0 ? new Map<string, string>() : await known.byExternalKey(keys);
  return rows.map((row) => ({
    row,
    customerId: ours.get(textOf(row['BusinessPartnerIDByExtSystem']) ?? '') ?? null,
  }));
}

export function customerReader(parts: CustomerParts): CustomerReader {
  const { origin, rules } = parts;
  return recordReader({
    stream: 'customer-account',
    topic: 'finance.customer-account.v1',
    objectType: 'customer-account',
    sources: [changedPartners(parts)],
    byIds: async (ids, signal) =>
      (await inParts(ids, (part) => readPartners(parts, anyOf('Customer', part), { signal }))).map((record) => {
        const mapped = mapCustomerAccount(record, origin, rules);
        return {
          vendorId: textOf(record.row['Customer']) ?? '',
          mapped,
          owned: mapped.kind === 'mapped' ? ownedInErp(record, rules.taxTypes) : null,
        };
      }),
    keyOf: (vendorId) => idOf('Customer', origin, vendorId),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
  });
}

/** By day, because that is what SAP can filter by; the time is compared here. */
function changedPartners({ client, depth, rules: { timeZone } }: CustomerParts): ChangeSource {
  return {
    ...{ name: 'partners', depth },
    async page(window, signal) {
      const query = {
        select: PARTNER_STAMPS,
        filter: and(ne('Customer', ''), ...sinceDay(window, timeZone)),
        top: PAGE,
      };
      const keyset = { service: PARTNERS[0], set: PARTNERS[1], keys: ['BusinessPartner'], query };
      const { rows, next, clock } = await keysetPage(client, keyset, window.after, { signal });
      const changed = rows
        .filter((row) => isSince(row, window, timeZone))
        .flatMap((row) => textOf(row['Customer']) ?? []);
      return { changed, next, clock };
    },
  };
}

function sinceDay({ from }: Window, timeZone: string): string[] {
  if (from === null) return [];
  const day = date(systemDate(from, timeZone));
  return [or(ge('LastChangeDate', day), ge('CreationDate', day))];
}

const stamps = partnerRow.pick({ CreationDate: true, CreationTime: true, LastChangeDate: true, LastChangeTime: true });

function isSince(row: Row, { from }: Window, timeZone: string): boolean {
  const parsed = stamps.safeParse(row);
  const stamp = parsed.success ? changedAt(parsed.data, timeZone) : null;
  // What cannot be told is read.
  return from === null || stamp === null || Date.parse(stamp) >= Date.parse(from) - 1000;
}
