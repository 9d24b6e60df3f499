import type { Item } from '@tieout/matching';
import type { ErpDocument } from '../checks/documents.ts';
import { netsuiteCreditMemo, netsuiteInvoice, netsuiteOrder, netsuitePayment } from '../projections/netsuite.ts';
import { field } from '../projections/raw.ts';
import type { RawItem } from '../projections/raw.ts';
import { sapCreditMemo, sapInvoice, sapOrder, sapPayment } from '../projections/sap-s4hana.ts';
import type { SnapshotSystem, TopicObject } from './comparison.ts';

type Projections = Readonly<Record<TopicObject, (item: RawItem, instance: string) => ErpDocument | null>>;

const PROJECT: Readonly<Record<SnapshotSystem, Projections>> = {
  netsuite: {
    payment: netsuitePayment,
    invoice: netsuiteInvoice,
    order: netsuiteOrder,
    'credit-memo': netsuiteCreditMemo,
  },
  'sap-s4hana': { payment: sapPayment, invoice: sapInvoice, order: sapOrder, 'credit-memo': sapCreditMemo },
};

/**
 * The item of a raw row of the ERP, null when the row does not stand, read by the projections of reconciliation and not by the
 * connector's mapping. Its id is the canonical one, so that the same document has the same id on a topic.
 * @throws when the row does not say what it must
 */
export function snapshotItem(
  object: TopicObject,
  raw: RawItem,
  instance: string,
  system: SnapshotSystem = 'netsuite',
): Item | null {
  const document = PROJECT[system][object](raw, instance);
  if (document === null) return null;
  const { id, number, legalEntityId, currency, date, amount, changedAt, vendorId } = document;
  const counterparty = field(raw, 'companyname', 'entityname') ?? document.customerAccountId;
  return {
    ...{ id, amount, currency, date, reference: number, counterparty, text: field(raw, 'memo') },
    ...{ legalEntity: legalEntityId, reverses: null, changedAt, fields: { instance, vendorId } },
  };
}
