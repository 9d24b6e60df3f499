/** One series of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** The series of Prometheus' text format; lines of another shape (HELP, TYPE, blank) are left out. */
export function parseSamples(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(LABEL)].map(([, key = '', quoted = '']) => [key, unescape(quoted)]);
    return [{ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: toNumber(value) }];
  });
}

/** Of a gauge whose series share these labels, added up; null when there is none. */
export function total(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>>,
): number | null {
  const wanted = Object.entries(labels);
  const values = samples
    .filter((sample) => sample.name === name && wanted.every(([key, value]) => sample.labels[key] === value))
    .map(({ value }) => value);
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0);
}

const unescape = (text: string): string => text.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
const toNumber = (text = ''): number => (/^nan$/i.test(text) ? NaN : Number(text.replace('Inf', 'Infinity')));
