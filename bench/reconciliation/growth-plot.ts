import type { Result } from '../measurement.ts';
import { JOIN, OURS } from './scenario.ts';
import { GROWTH } from './scenarios/growth.ts';

const WIDTH = 760;
const HEIGHT = 420;
const MARGIN = { left: 70, right: 230, top: 40, bottom: 50 };
/** Readable on a light and on a dark page. */
const INK = '#8b949e';
const COLOURS: Readonly<Record<string, string>> = { [OURS]: '#2f81f7', [JOIN]: INK };

interface Point {
  readonly items: number;
  readonly seconds: number;
}
interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

/** Seconds by items, both logarithmic: what is linear has the slope of the dashed line. Plain SVG. */
export function growthPlot(results: readonly Result[]): string {
  const series = [OURS, JOIN]
    .map((name) => ({ name, points: pointsOf(name, results) }))
    .filter(({ points }) => points.length > 1);
  const points = series.flatMap((each) => each.points);
  const scale = scaleOf(points);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="${INK}">`,
    `<text x="0" y="18" font-size="14" font-weight="bold">Full run by items of a side, seconds</text>`,
    ...axes(scale),
    ...series.map((each) => line(each, scale)),
    ...(series[0] === undefined ? [] : [linear(series[0], scale)]),
    '</svg>\n',
  ].join('\n');
}

function pointsOf(name: string, results: readonly Result[]): Point[] {
  return results
    .filter(({ metric, subject }) => metric === GROWTH && subject.startsWith(`${name}, `))
    .map(({ subject, median }) => ({ items: Number(subject.slice(name.length + 2)), seconds: median }));
}

interface Scale {
  x(items: number): string;
  y(seconds: number): string;
  readonly items: readonly number[];
  readonly seconds: readonly number[];
}

function scaleOf(points: readonly Point[]): Scale {
  const [items, seconds] = [powers(points.map((point) => point.items)), powers(points.map((point) => point.seconds))];
  const place = (value: number, marks: readonly number[], from: number, to: number): string => {
    const [low, high] = [Math.log10(marks[0] ?? 1), Math.log10(marks.at(-1) ?? 10)];
    return (from + ((Math.log10(value) - low) / (high - low)) * (to - from)).toFixed(1);
  };
  return {
    x: (value) => place(value, items, MARGIN.left, WIDTH - MARGIN.right),
    y: (value) => place(value, seconds, HEIGHT - MARGIN.bottom, MARGIN.top),
    ...{ items, seconds },
  };
}

/** The powers of ten around the values, at least two. */
function powers(values: readonly number[]): number[] {
  const known = values.length === 0 ? [1] : values;
  const low = Math.floor(Math.log10(Math.min(...known)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...known))));
  return Array.from({ length: high - low + 1 }, (_, n) => 10 ** (low + n));
}

function axes({ x, y, items, seconds }: Scale): string[] {
  const [left, right, bottom] = [MARGIN.left, WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom];
  const grid = `stroke="${INK}" stroke-opacity="0.25"`;
  return [
    ...items.map(
      (mark) =>
        `<path d="M${x(mark)} ${MARGIN.top}V${bottom}" ${grid}/><text x="${x(mark)}" y="${bottom + 18}" text-anchor="middle">${mark.toLocaleString('en-US')}</text>`,
    ),
    ...seconds.map(
      (mark) =>
        `<path d="M${left} ${y(mark)}H${right}" ${grid}/><text x="${left - 8}" y="${Number(y(mark)) + 4}" text-anchor="end">${shortest(mark)}</text>`,
    ),
    `<text x="${(left + right) / 2}" y="${bottom + 38}" text-anchor="middle">items of each side</text>`,
  ];
}

function line({ name, points }: Series, { x, y }: Scale): string {
  const colour = COLOURS[name] ?? INK;
  const last = points.at(-1) as Point;
  return [
    `<path d="M${points.map(({ items, seconds }) => `${x(items)} ${y(seconds)}`).join('L')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.map(({ items, seconds }) => `<circle cx="${x(items)}" cy="${y(seconds)}" r="3" fill="${colour}"/>`),
    `<text x="${Number(x(last.items)) + 10}" y="${Number(y(last.seconds)) + 4}" fill="${colour}">${name}, ${shortest(last.seconds)} s</text>`,
  ].join('');
}

/** Through the largest: what the smaller sizes would take if the time were in proportion to the items. */
function linear({ points }: Series, { x, y }: Scale): string {
  const [first, last] = [points[0] as Point, points.at(-1) as Point];
  const start = (last.seconds * first.items) / last.items;
  return `<path d="M${x(first.items)} ${y(start)}L${x(last.items)} ${y(last.seconds)}" stroke="${INK}" stroke-dasharray="4 4"/>`;
}

const shortest = (value: number): string => String(Number(value.toPrecision(3)));
