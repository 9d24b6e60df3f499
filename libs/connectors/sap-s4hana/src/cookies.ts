/** Cookies of one host by name. */
export type Cookies = ReadonlyMap<string, string>;

/** What the host sets and deletes, taken into account. The clock tells which have expired already. */
export function withSetCookies(cookies: Cookies, setCookies: readonly string[], now: number): Cookies {
  const next = new Map(cookies);
  for (const line of setCookies) {
    const [pair = '', ...attributes] = line.split(';');
    const at = pair.indexOf('=');
    if (at < 1) continue;
    const name = pair.slice(0, at).trim();
    if (isOver(attributes, now)) next.delete(name);
    else next.set(name, pair.slice(at + 1).trim());
  }
  return next;
}

export function cookieHeader(cookies: Cookies): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}

function isOver(attributes: readonly string[], now: number): boolean {
  const of = (name: string): string | undefined =>
    attributes.map((text) => text.trim().split('=')).find(([key]) => key?.toLowerCase() === name)?.[1];
  const maxAge = of('max-age');
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  const expires = of('expires');
  return expires !== undefined && Date.parse(expires) <= now;
}
