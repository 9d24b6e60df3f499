import type { DateString, TimestampString } from '@tieout/canonical';

/** SAP stamps business partners with date and time of the system's clock, without its offset. */

/** The instant at which the system's clock shows `date` and `time` (HH:MM:SS); in the hour that repeats in autumn the earlier one. */
export function fromSystemTime(date: DateString, time: string, timeZone: string): TimestampString {
  const asUtc = Date.parse(`${date}T${time}Z`);
  const day = 86_400_000;
  const candidates = [asUtc - offset(asUtc - day, timeZone), asUtc - offset(asUtc + day, timeZone)];
  const exact = candidates.filter((instant) => instant + offset(instant, timeZone) === asUtc);
  return new Date(Math.min(...(exact.length > 0 ? exact : candidates))).toISOString();
}

/** The date that the system's clock shows at an instant. */
export function systemDate(instant: TimestampString, timeZone: string): DateString {
  const at = Date.parse(instant);
  return new Date(at + offset(at, timeZone)).toISOString().slice(0, 10);
}

/** Milliseconds that the zone is ahead of UTC at an instant. */
function offset(instant: number, timeZone: string): number {
  const whole = Math.floor(instant / 1000) * 1000;
  const parts = new Map(
    formatter(timeZone)
      .formatToParts(new Date(whole))
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  return Date.parse(`${date}T${part('hour')}:${part('minute')}:${part('second')}Z`) - whole;
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
