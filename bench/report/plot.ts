import type { Result } from '../measurement.ts';

export interface Chart {
  readonly title: string;
  readonly metric: string;
}

const WIDTH = 760;
const LABEL = 300;
const ROW = 22;
const HEAD = 40;
const BAR = WIDTH - LABEL - 110;
/** Readable on a light and on a dark page. */
const OURS = '#2f81f7';
const OTHERS = '#8b949e';

/** Bars, longest first, a chart below the other; plain SVG without a script or a font of its own. */
export function bars(charts: readonly Chart[], results: readonly Result[]): string {
  const drawn = charts
    .map(({ title, metric }) => ({ title, rows: rowsOf(metric, results) }))
    .filter(({ rows }) => rows.length > 1);
  let y = 0;
  const bodies = drawn.map(({ title, rows }) => {
    const body = chart(title, rows, y);
    y += HEAD + rows.length * ROW;
    return body;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 10}" font-family="sans-serif" font-size="12" fill="${OTHERS}">`,
    ...bodies,
    '</svg>\n',
  ].join('\n');
}

function rowsOf(metric: string, results: readonly Result[]): Result[] {
  return results.filter((result) => result.metric === metric).toSorted((a, b) => b.median - a.median);
}

function chart(title: string, rows: readonly Result[], top: number): string {
  const longest = rows[0]?.median ?? 1;
  const bars = rows.map(({ subject, median, min, max, unit }, n) => {
    const y = top + HEAD + n * ROW;
    const length = (value: number): number => Math.max(1, (Math.min(value, longest * 1.15) / longest) * BAR);
    const middle = y - 4;
    return [
      `<text x="${LABEL - 8}" y="${y}" text-anchor="end">${escape(subject)}</text>`,
      `<rect x="${LABEL}" y="${y - 11}" width="${length(median).toFixed(1)}" height="14" fill="${subject === 'tieout' ? OURS : OTHERS}"/>`,
      `<path d="M${(LABEL + length(min)).toFixed(1)} ${middle}H${(LABEL + length(max)).toFixed(1)}" stroke="${OTHERS}"/>`,
      `<text x="${(LABEL + length(Math.max(median, max)) + 6).toFixed(1)}" y="${y}">${median.toLocaleString('en-US')} ${escape(unit)}</text>`,
    ].join('');
  });
  return [`<text x="0" y="${top + 18}" font-size="14" font-weight="bold">${escape(title)}</text>`, ...bars].join('\n');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
