export { createNetSuiteClient } from './client.ts';
export type { NetSuiteClient, Page } from './client.ts';
export { netsuiteConfig } from './config.ts';
export type { NetSuiteConfig } from './config.ts';
export { controlTotalIdOf, mapControlTotal } from './control-total.map.ts';
export { mapCustomerAccount, ownedInErp } from './customer-account.map.ts';
export { compareThreeWays, confirmedWrite, ownedFields } from './customer-write.map.ts';
export type { OwnedFields, ThreeWay } from './customer-write.map.ts';
export type { Mapped, MappingProblem } from './fate.ts';
export { customerIdOf, idOf } from './identity.ts';
export type { Entity, Origin } from './identity.ts';
export { mapInvoice } from './invoice.map.ts';
export { mapLegalEntity } from './legal-entity.map.ts';
export { mapPayment } from './payment.map.ts';
export type { SnapshotObject, SnapshotReading } from './snapshot.client.ts';
export { advanced, deletionsFrom, isWorthStoring, startOf } from './stream-cursor.ts';
export type { Depth, StreamCursor } from './stream-cursor.ts';
export type {
  DeletedRow,
  InvoiceRecord,
  PaymentRecord,
  Position,
  RawRow,
  SubsidiaryRow,
  TotalRow,
} from './vendor-types.ts';
