export { createNetSuiteClient } from './client.ts';
export type { NetSuiteClient, UpsertType } from './client.ts';
export { createCallGate } from './call-gate.ts';
export { netsuiteCertificateConfig, netsuiteConfig } from './config.ts';
export type { NetSuiteCertificateConfig, NetSuiteConfig, NetSuiteTokenConfig } from './config.ts';
export { controlTotalIdOf, mapControlTotal } from './control-total.map.ts';
export { mapCreditMemo } from './credit-memo.map.ts';
export { mapCustomerAccount, ownedInErp } from './customer-account.map.ts';
export { ownedFields } from './customer-write.map.ts';
export type { OwnedFields } from './customer-write.map.ts';
export { dimensionReaders } from './dimensions.client.ts';
export type { Page } from './documents.client.ts';
export { netsuiteErp } from './erp.client.ts';
export type { NetSuiteErp } from './erp.client.ts';
export type { Mapped, MappingProblem } from '@tieout/connector-erp';
export { createSender as createNetSuiteSender } from './http.client.ts';
export type { Send as NetSuiteSend } from './http.client.ts';
export { contractIdOf, customerIdOf, idOf, ourId } from './identity.ts';
export type { Entity, Origin } from './identity.ts';
export { mapInvoice } from './invoice.map.ts';
export { mapLegalEntity } from './legal-entity.map.ts';
export { mapOrder } from './order.map.ts';
export { orderBody } from './order-body.map.ts';
export { askedOrder, standingOrder } from './order-write.map.ts';
export type { OrderReferences } from './order-write.map.ts';
export { refundReader } from './refund-reader.client.ts';
export { mapPayment } from './payment.map.ts';
export type { SnapshotObject, SnapshotReading } from './snapshot.client.ts';
export { advanced, deletionsFrom, isWorthStoring, startOf } from './stream-cursor.ts';
export type { Depth, StreamCursor } from './stream-cursor.ts';
export { createQuery as createNetSuiteQuery } from './suiteql.client.ts';
export type {
  CreditMemoRecord,
  DeletedRow,
  InvoiceRecord,
  OrderRecord,
  PaymentRecord,
  Position,
  RawRow,
  SubsidiaryRow,
  TotalRow,
} from './vendor-types.ts';
