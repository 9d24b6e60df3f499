/** Milliseconds that a `Retry-After` asks to wait, in seconds or as a date by the server's clock; null when it says nothing. */
export function retryAfterMs(header: string | undefined, serverTime: Date): number | null {
  if (header === undefined) return null;
  if (/^\d{1,6}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - serverTime.getTime());
}
