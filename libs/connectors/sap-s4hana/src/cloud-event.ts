/** What an event of S/4HANA says: that an object changed, and which. Read it; the event may be late, double or overtaken. */
export interface ChangeNotice {
  readonly id: string;
  /** `sap.s4.beh.salesorder.v1.SalesOrder.Changed.v1` */
  readonly type: string;
  /** Of the business object, in SAP's names: `{ SalesOrder: '123' }`. */
  readonly key: Readonly<Record<string, string>>;
  readonly time: string | null;
}

/** A structured CloudEvent 1.0 whose data is a key; null when the text is none. */
export function noticeOf(json: string): ChangeNotice | null {
  const event = parsed(json);
  if (event?.['specversion'] !== '1.0') return null;
  const { id, type, time, data } = event;
  if (typeof id !== 'string' || typeof type !== 'string' || !isObject(data)) return null;
  const key = Object.fromEntries(Object.entries(data).filter(isText));
  if (Object.keys(key).length === 0) return null;
  return { id, type, key, time: typeof time === 'string' ? time : null };
}

function isText(entry: readonly [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}

function parsed(json: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
