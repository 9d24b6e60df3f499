import type { MonthEndReport } from '../month-end/report-shape.ts';
import { isAmount, nameOf, short } from '../watch/names.ts';
import type { BreakView } from '../watch/reconciliation-api.client.ts';
import type { PageData } from './data.ts';
import { html, type Html } from './html.ts';
import { checkTitle, money, sidesOf } from './words.ts';

type Planted = MonthEndReport['planted'][number];

/** Every open break with both sides, its evidence, and, where it is known, what was done to cause it. */
export function breaks({ proof, report }: PageData): Html {
  if (proof === null) return html``;
  const causes = causesOf(report);
  const groups = [...Map.groupBy(proof.breaks, (one) => causes.get(identity(one)) ?? null)].sort(byPlace(report));
  return html`<section aria-labelledby="breaks">
    <h2 id="breaks">Breaks</h2>
    <p class="lead">
      Differences that persist, named with what was expected and what is there. Open one for its evidence.
    </p>
    ${proof.breaks.length === 0 ? html`<p class="nothing">No break: the systems tell the same story.</p>` : table(groups)}
  </section>`;
}

const identity = (one: { readonly check: string; readonly kind: string; readonly object: string }): string =>
  JSON.stringify([one.check, one.kind, one.object]);

/** By break: the plant that must cause it. */
function causesOf(report: MonthEndReport | null): ReadonlyMap<string, Planted> {
  const plants = new Map(report?.planted.map((planted) => [planted.plant, planted]));
  return new Map(
    (report?.breaks ?? []).flatMap((one) => {
      const planted = one.plant === null ? undefined : plants.get(one.plant);
      return planted === undefined ? [] : [[identity(one), planted] as const];
    }),
  );
}

type Group = readonly [Planted | null, readonly BreakView[]];

/** In the order of planting; what nobody planted comes first. */
function byPlace(report: MonthEndReport | null): (a: Group, b: Group) => number {
  const place = (cause: Planted | null): number => (cause === null ? -1 : (report?.planted.indexOf(cause) ?? 0));
  return ([a], [b]) => place(a) - place(b);
}

function table(groups: readonly Group[]): Html {
  return html`<table class="breaks">
    <thead>
      <tr>
        <th scope="col">Check</th>
        <th scope="col">Object</th>
        <th scope="col" class="number">Expected</th>
        <th scope="col" class="number">Found</th>
        <th scope="col" class="number">Difference</th>
      </tr>
    </thead>
    ${groups.map(group)}
  </table>`;
}

function group([cause, some]: Group): Html {
  const heading =
    cause === null
      ? html`Cause not known`
      : html`${capital(cause.done)} <span class="mark">${cause.kind}</span>
          <span class="unit">planted in ${cause.system}</span>`;
  return html`<tbody data-plant="${cause?.plant ?? ''}">
    <tr class="cause">
      <th scope="rowgroup" colspan="5">${heading}</th>
    </tr>
    ${some.map(row)}
  </tbody>`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function row(one: BreakView): Html {
  const [expected, actual] = sidesOf(one.check);
  return html`<tr data-break="${identity(one)}" data-break-id="${one.breakId}">
    <td>
      ${checkTitle(one.check)}<span class="unit under">${one.check} · <b>${one.kind}</b></span>
    </td>
    <td>${about(one)}</td>
    <td class="side">${side(expected, one.expected, one)}</td>
    <td class="side">${side(actual, one.actual, one)}</td>
    <td class="side">${gap(one)}</td>
  </tr>`;
}

function side(name: string, value: string | null, one: BreakView): Html {
  const text = value === null ? html`<i>nothing</i>` : valueOf(value, one);
  return html`<span class="value" data-value="${value ?? ''}">${text}</span><span class="unit under">${name}</span>`;
}

function valueOf(value: string, one: BreakView): Html {
  if (isAmount(one)) return html`${money(value, one.currency)}`;
  return short(value) === value ? html`${value}` : html`<abbr title="${value}">${short(value)}</abbr>`;
}

function gap({ difference, currency }: BreakView): Html {
  if (difference === null) return html``;
  return html`${money(difference, currency)}<span class="unit under">${currency}</span>`;
}

/** The id and the evidence open on demand. */
function about(one: BreakView): Html {
  const facts = Object.entries(one.evidence).filter(([, value]) => value !== null && value !== '');
  return html`<details>
    <summary>${one.objectType} <b>${nameOf(one)}</b></summary>
    <dl>${[['id', one.object] as const, ...facts].map(([field, value]) => fact(field, value ?? ''))}</dl>
  </details>`;
}

const fact = (field: string, value: string): Html =>
  html`<div>
    <dt>${field}</dt>
    <dd>${value}</dd>
  </div>`;
