import type { PageData } from './data.ts';
import { html, type Html } from './html.ts';
import { age, money } from './words.ts';
import { valueByCurrency } from './figures.ts';

/** The verdict in one sentence, and the figures that somebody looks at first. */
export function summary(data: PageData): Html {
  const { tone, headline, detail } = verdict(data);
  return html`<section class="verdict ${tone}" aria-label="Verdict">
      <p class="headline" data-verdict="${tone}">${headline}</p>
      <p>${detail}</p>
    </section>
    <section class="tiles" aria-label="At a glance">${tiles(data).map(tile)}</section>`;
}

interface Verdict {
  readonly tone: 'good' | 'bad' | 'calm';
  readonly headline: string;
  readonly detail: string;
}

/** What is known so far: a month-end is judged by what was planted, everything else by whether there is a break. */
export function verdict({ proof, report }: PageData): Verdict {
  if (report !== null && report.planted.length > 0) {
    const found = report.planted.filter((plant) => plant.found).length;
    const planted = `${found} of ${report.planted.length} planted discrepancies found`;
    if (report.tiedOut)
      return {
        tone: 'good',
        headline: planted,
        detail: `${report.breaks.length} breaks are open, and each of them was expected. Nothing else differs.`,
      };
    const [unexpected, missing] = [report.unexpected.length, report.missing.length];
    return { tone: 'bad', headline: planted, detail: `${unexpected} breaks nobody expected, ${missing} not found.` };
  }
  if (proof === null)
    return { tone: 'calm', headline: 'Nothing compared yet', detail: 'The first run of reconciliation is to come.' };
  const { run, breaks } = proof;
  if (run.status === 'incomplete')
    return { tone: 'calm', headline: 'The latest run is incomplete', detail: run.reasons.join('; ') };
  if (breaks.length > 0)
    return { tone: 'bad', headline: `${breaks.length} breaks are open`, detail: 'The systems disagree, see below.' };
  if (run.timing > 0)
    return { tone: 'calm', headline: 'Differences of timing', detail: 'The next run says whether they persist.' };
  return { tone: 'good', headline: 'The systems agree', detail: `${run.checks.length} checks, no break.` };
}

interface Tile {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

function tiles({ readAt, services, topics, proof }: PageData): Tile[] {
  const ready = services.filter((service) => service.ready).length;
  const records = topics.reduce((sum, topic) => sum + topic.records, 0);
  const newest = topics.reduce((max, { newestAt }) => (newestAt !== null && newestAt > max ? newestAt : max), '');
  const values = valueByCurrency(proof?.breaks ?? []);
  return [
    {
      label: 'Services ready',
      value: `${ready} / ${services.length}`,
      note: ready === services.length ? 'all of them' : 'see below',
    },
    {
      label: 'Records in topics',
      value: records.toLocaleString('en-US'),
      note: newest === '' ? 'none yet' : `newest ${age(newest, readAt)} ago`,
    },
    {
      label: 'Checks of the latest run',
      value: proof === null ? '–' : String(proof.run.checks.length),
      note: proof === null ? 'no run yet' : `${proof.run.status}, ${age(proof.run.endedAt, readAt)} ago`,
    },
    {
      label: 'Open breaks',
      value: proof === null ? '–' : String(proof.breaks.length),
      note: values.map(({ currency, amount }) => `${money(amount, currency)} ${currency}`).join(' · ') || 'no amount',
    },
  ];
}

const tile = ({ label, value, note }: Tile): Html =>
  html`<div class="tile">
    <span class="label">${label}</span><strong data-tile="${label}">${value}</strong><span class="note">${note}</span>
  </div>`;
