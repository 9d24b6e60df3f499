import type { ServiceState } from '../watch/services.client.ts';
import type { PageData } from './data.ts';
import { html, type Html } from './html.ts';

/** The name under which the page itself is announced. */
const OWN = 'Page';

const link = ([name, url]: readonly [string, string]): Html => html`<a href="${url}">${name}</a> `;

/** Whether everything runs, where it listens, and what else there is to look at. */
export function services({ services: all, links, problems }: PageData): Html {
  const others = Object.entries(links).filter(([name]) => name !== OWN);
  return html`<section aria-labelledby="services">
    <h2 id="services">Services</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Service</th>
          <th scope="col">State</th>
          <th scope="col">Reads from vendors</th>
          <th scope="col" class="number">Topics read</th>
          <th scope="col" class="number">Lag</th>
          <th scope="col">Look at</th>
        </tr>
      </thead>
      <tbody>
        ${all.map(row)}
      </tbody>
    </table>
    ${problems.map((problem) => html`<p class="problem">${problem}</p>`)}
    ${others.length === 0 ? null : html`<p class="lead">Also: ${others.map(link)}</p>`}
  </section>`;
}

function row({ name, url, ready, problems, consumers, streams }: ServiceState): Html {
  const lag = consumers.reduce((total, consumer) => total + (consumer.lag ?? 0), 0);
  const oldest = Math.max(0, ...streams.map(({ ageSeconds }) => ageSeconds ?? 0));
  return html`<tr data-service="${name}" data-ready="${String(ready)}">
    <th scope="row">${name}</th>
    <td>
      <span class="mark ${ready ? 'good' : 'bad'}">${ready ? 'ready' : 'not ready'}</span>
      ${problems.map((problem) => html`<br /><span class="unit">${problem}</span>`)}
    </td>
    <td>
      ${streams.length === 0 ? '' : `${streams.length === 1 ? '1 stream' : `${streams.length} streams`}, up to ${Math.round(oldest)} s ago`}
    </td>
    <td class="number">${consumers.length}</td>
    <td class="number">${lag}</td>
    <td><a href="${url}/health/ready">health</a> <a href="${url}/metrics">metrics</a></td>
  </tr>`;
}
