/**
 * NetSuite states instants in the account's time zone and without its offset. Cursors are kept as UTC instants and converted
 * at the edge; text here is `YYYY-MM-DD HH:MM:SS`.
 */

/** The account's clock at an instant. */
export function toAccountTime(instant: string, timeZone: string): string {
  const parts = new Map(
    formatter(timeZone)
      .formatToParts(new Date(instant))
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
}

/** The instant at which the account's clock shows `local`; in the hour that repeats in autumn, the first of the two. */
export function fromAccountTime(local: string, timeZone: string): string {
  const asUtc = Date.parse(`${local.replace(' ', 'T')}Z`);
  const candidates = [asUtc - offset(asUtc - 86_400_000, timeZone), asUtc - offset(asUtc + 86_400_000, timeZone)];
  const exact = candidates.filter((instant) => instant + offset(instant, timeZone) === asUtc);
  return new Date(Math.min(...(exact.length > 0 ? exact : candidates))).toISOString();
}

/**
 * Where to read from so that nothing between `since` and now is missed: `seconds` earlier, and an hour more around a
 * night on which the account's clock is put back, because local stamps then run twice through the same hour.
 */
export function rewind(since: string, seconds: number, timeZone: string): string {
  const at = Date.parse(since);
  const aroundChange = offset(at - 4_200_000, timeZone) > offset(at + 4_200_000, timeZone);
  return new Date(at - (seconds + (aroundChange ? 3_600 : 0)) * 1000).toISOString();
}

/** Milliseconds that the zone is ahead of UTC at an instant. */
function offset(instant: number, timeZone: string): number {
  const whole = Math.floor(instant / 1000) * 1000;
  return Date.parse(`${toAccountTime(new Date(whole).toISOString(), timeZone).replace(' ', 'T')}Z`) - whole;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  });
  formatters.set(timeZone, made);
  return made;
}
