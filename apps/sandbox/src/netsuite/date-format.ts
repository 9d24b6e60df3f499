/** How an account shows dates and expects them in the record API's `q`. */
export type DateFormat = 'M/D/YYYY' | 'D.M.YYYY' | 'YYYY-MM-DD';

/** An ISO date as the account shows it. */
export function showDate(format: DateFormat, iso: string): string {
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-');
  if (format === 'M/D/YYYY') return `${Number(month)}/${Number(day)}/${year}`;
  return format === 'D.M.YYYY' ? `${Number(day)}.${Number(month)}.${year}` : `${year}-${month}-${day}`;
}

const shapes: Readonly<Record<DateFormat, RegExp>> = {
  'M/D/YYYY': /^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4})$/,
  'D.M.YYYY': /^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})$/,
  'YYYY-MM-DD': /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$/,
};

/** The ISO date that a text means in the account's format; null when it is none. */
export function readShownDate(format: DateFormat, text: string): string | null {
  const { year = '', month = '', day = '' } = shapes[format].exec(text)?.groups ?? {};
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : null;
}
