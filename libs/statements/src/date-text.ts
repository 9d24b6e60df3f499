import { isDate } from '@tieout/canonical';
import { shown } from './problem.ts';

/** Reads a cell. @returns a day that exists, or why there is none (`isDay` tells) */
export type DateReader = (cell: string) => string;

const PARTS = {
  YYYY: '(?<year>\\d{4})',
  MM: '(?<month>\\d{2})',
  DD: '(?<day>\\d{2})',
  M: '(?<month>\\d{1,2})',
  D: '(?<day>\\d{1,2})',
};
const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?$/;

export const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);

/**
 * @param format such as DD.MM.YYYY, M/D/YYYY or YYYYMMDD; undefined is ISO: a day, or the day as written of an instant. The zone
 *   of an instant is not converted: the day that the source states is its business date.
 * @returns text: why it is no format
 */
export function dateReader(format: string | undefined): DateReader | string {
  if (format === undefined) return isoDay;
  const parts = format.match(/YYYY|MM|DD|M|D/g) ?? [];
  const letters = format.replace(/YYYY|MM|DD|M|D/g, '');
  const runTogether = letters.length < 2 && parts.some((part) => part.length === 1); // 2026111: which day is that?
  if (
    parts
      .map((part) => part[0])
      .sort()
      .join('') !== 'DMY' ||
    /[A-Za-z0-9]/.test(letters) ||
    runTogether
  )
    return `${shown(format)} is no date format: it needs YYYY, MM (or M) and DD (or D), each once, as in DD.MM.YYYY`;
  const source = format.replace(
    /YYYY|MM|DD|M|D|[^A-Za-z]/g,
    (part) => PARTS[part as keyof typeof PARTS] ?? `\\${part}`,
  );
  const pattern = new RegExp(`^${source}$`);
  return (cell) => {
    const { year = '', month = '', day = '' } = pattern.exec(cell)?.groups ?? {};
    const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    return isDate(iso) ? iso : `${shown(cell)} is no day written as ${format}`;
  };
}

function isoDay(cell: string): string {
  const day = ISO.exec(cell)?.[1] ?? '';
  if (isDate(day)) return day;
  return `${shown(cell)} is no day written as YYYY-MM-DD${suggestion(cell)}`;
}

/** Only what the cell itself proves is suggested: 03/04/2026 may be either. */
function suggestion(cell: string): string {
  const match = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$/.exec(cell);
  if (match === null) return /^\d{8}$/.test(cell) ? '; say --date-format YYYYMMDD if it is one' : '';
  const [, first = '', mark = '', second = ''] = match;
  const day = first.length === 1 || second.length === 1 ? 'D' : 'DD';
  const month = day === 'D' ? 'M' : 'MM';
  const [dayFirst, monthFirst] = [`${day}${mark}${month}${mark}YYYY`, `${month}${mark}${day}${mark}YYYY`];
  if (Number(first) > 12) return `; say --date-format ${dayFirst}`;
  if (Number(second) > 12) return `; say --date-format ${monthFirst}`;
  return `; say whether it is --date-format ${dayFirst} or ${monthFirst}`;
}
