import type { Mapped } from '@tieout/connector-erp';
import type { Examined, Subject } from './case.ts';

/** What reading a vendor's record found out: in order, or why it could not be mapped. */
export function examinedRecord(
  instance: string,
  { objectType, keyOf }: { readonly objectType: string; keyOf(vendorId: string): string },
  vendorId: string,
  mapped: Mapped<unknown>,
): Examined {
  const subject: Subject = { instance, objectType, vendorId, objectId: keyOf(vendorId) };
  if (mapped.kind === 'mapped') return { subject, finding: null };
  const { code, field, message } = mapped.problem;
  return { subject, finding: { kind: code, message: `${objectType} ${vendorId}: ${message}`, details: { field } } };
}
