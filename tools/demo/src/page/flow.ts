import { TOPICS } from '@tieout/canonical';
import type { TopicSummary } from '../watch/topics.client.ts';
import type { PageData } from './data.ts';
import { html, type Html } from './html.ts';
import { age, topicObject } from './words.ts';

/** Topics in the order of the flow, under whoever writes them. */
const GROUPS: readonly { readonly owner: string; readonly title: string }[] = [
  { owner: 'crm-ingest', title: 'Salesforce → crm-ingest' },
  { owner: 'order-to-cash', title: 'order-to-cash' },
  { owner: 'planning-publisher', title: 'Anaplan ↔ planning-publisher' },
  { owner: 'erp-adapter', title: 'NetSuite ↔ erp-adapter' },
  { owner: 'reconciliation', title: 'reconciliation and snapshots' },
  { owner: '', title: 'every service' },
];

/** What flowed: records, keys and freshness of each topic, drawn to scale. */
export function flow({ topics, readAt }: PageData): Html {
  const most = Math.max(1, ...topics.map(({ records }) => records));
  const owners = new Set(GROUPS.map(({ owner }) => owner));
  const groups = GROUPS.map(({ owner, title }) => ({
    title,
    topics: topics.filter(({ topic }) => (owners.has(TOPICS[topic].owner) ? TOPICS[topic].owner : '') === owner),
  })).filter((group) => group.topics.length > 0);
  return html`<section aria-labelledby="flow">
    <h2 id="flow">What flowed</h2>
    <p class="lead">Committed records of every topic, as any subscriber reads them.</p>
    <div class="groups">
      ${groups.map(
        (group) =>
          html`<table>
            <caption>
              ${group.title}
            </caption>
            <thead>
              <tr>
                <th scope="col">Topic</th>
                <th scope="col" class="number">Records</th>
                <th scope="col" class="number">Keys</th>
                <th scope="col" class="number">Newest</th>
              </tr>
            </thead>
            <tbody>
              ${group.topics.map((topic) => row(topic, most, readAt))}
            </tbody>
          </table>`,
      )}
    </div>
  </section>`;
}

function row({ topic, records, keys, newestAt, partial }: TopicSummary, most: number, now: Date): Html {
  const atLeast = partial ? '≥ ' : '';
  // Roots, so that a topic of ten records still shows beside one of ten thousand.
  const share = Math.round(100 * Math.sqrt(records / most));
  return html`<tr data-topic="${topic}" class="${records === 0 ? 'empty' : ''}">
    <th scope="row">
      <span title="${topic}">${topicObject(topic)}</span>
      <svg class="bar" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">
        <rect width="${share}" height="3" />
      </svg>
    </th>
    <td class="number" data-field="records" data-value="${records}">${atLeast}${records.toLocaleString('en-US')}</td>
    <td class="number" data-field="keys" data-value="${keys}">${atLeast}${keys.toLocaleString('en-US')}</td>
    <td class="number">${age(newestAt, now)}</td>
  </tr>`;
}
