import { isZero } from '@tieout/canonical';
import type { SystemsView } from '../watch/reconciliation-api.client.ts';
import type { PageData, Proof } from './data.ts';
import { stationTotals, type StationTotal } from './figures.ts';
import { html, type Html } from './html.ts';
import { money, OBJECT_ORDER, objectName, topicObject, vendorName } from './words.ts';

const COLUMNS = ['salesforce', 'netsuite', 'anaplan'] as const;
const STATIONS = [
  ['erp', 'NetSuite'],
  ['topic', 'Topics'],
  ['planning', 'Anaplan'],
] as const;
const MEASURE_NAMES = { invoices: 'Invoices', invoiced: 'Invoiced', paid: 'Paid', open: 'Open' } as const;

/** The systems side by side: what each says that it holds, and the receivables as they travel from the ERP to planning. */
export function systems({ proof }: PageData): Html {
  if (proof === null) return html``;
  return html`<section aria-labelledby="systems">
    <h2 id="systems">The systems side by side</h2>
    <p class="lead">Read independently of what was sent, at the latest comparison.</p>
    <div class="pair">${holdings(proof)} ${receivables(proof)}</div>
  </section>`;
}

type Held = SystemsView['systems'][number];

function holdings({ systems: held, topics }: Proof): Html {
  const byTopic = new Map(topics.map((topic) => [topicObject(topic.topic), topic]));
  const objects = OBJECT_ORDER.filter((object) => held.some((one) => one.object === object));
  return html`<table class="holdings">
    <caption>
      What each system holds
    </caption>
    <thead>
      <tr>
        <th scope="col">Object</th>
        ${[...COLUMNS.map(vendorName), 'Topic'].map((name) => html`<th scope="col" class="number">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${objects.map(
        (object) =>
          html`<tr data-object="${object}">
            <th scope="row">${objectName(object)}</th>
            ${COLUMNS.map((system) =>
              holding(
                system,
                held.filter((one) => one.object === object && one.system === system),
              ),
            )}
            ${topicHolding(byTopic.get(object))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Of one system, over its instances. */
function holding(system: string, held: readonly Held[]): Html {
  if (held.length === 0) return html`<td class="number none">·</td>`;
  const missing = held.find(({ complete }) => !complete);
  if (missing !== undefined) return html`<td class="number problem" title="${missing.error ?? ''}">incomplete</td>`;
  const count = held.reduce((total, one) => total + (one.count ?? 0), 0);
  return html`<td class="number" data-system="${system}" data-value="${count}">
    ${count.toLocaleString('en-US')}${sums(held.flatMap((one) => one.sums))}
  </td>`;
}

function topicHolding(topic: SystemsView['topics'][number] | undefined): Html {
  if (topic === undefined) return html`<td class="number none">·</td>`;
  return html`<td class="number" data-system="topic" data-value="${topic.keys}">
    ${topic.keys.toLocaleString('en-US')}${sums(topic.sums)}
  </td>`;
}

/** The first sum that a system states: its net, amount or billings. */
function sums(all: Held['sums']): Html {
  const [first] = all;
  const some = all.filter(({ name, amount }) => name === first?.name && !isZero(amount));
  return html`${some.map(({ name, currency, amount }) => html`<small title="${name}">${money(amount, currency)} ${currency}</small>`)}`;
}

function receivables({ stations }: Proof): Html {
  const totals = stationTotals(stations);
  if (totals.length === 0) return html``;
  return html`<table class="receivables">
    <caption>
      Receivables on their way to planning
    </caption>
    <thead>
      <tr>
        <th scope="col">Total</th>
        ${STATIONS.map(([, name]) => html`<th scope="col" class="number">${name}</th>`)}
        <th scope="col"><span class="hidden">Agreement</span></th>
      </tr>
    </thead>
    <tbody>
      ${totals.map(stationRow)}
    </tbody>
  </table>`;
}

function stationRow({ currency, measure, values, agrees }: StationTotal): Html {
  const isCount = measure === 'invoices';
  return html`<tr class="${agrees ? '' : 'differs'}" data-figure="${currency} ${measure}">
    <th scope="row">${MEASURE_NAMES[measure]} <span class="unit">${currency}</span></th>
    ${STATIONS.map(([station]) => {
      const value = values[station] ?? '0';
      return html`<td class="number" data-station="${station}" data-value="${value}">
        ${isCount ? value : money(value, currency)}
      </td>`;
    })}
    <td>${agrees ? html`<span class="mark good">agrees</span>` : html`<span class="mark bad">differs</span>`}</td>
  </tr>`;
}
