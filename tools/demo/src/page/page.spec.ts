import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { MonthEndReport } from '../month-end/report-shape.ts';
import type { BreakView, StationCell } from '../watch/reconciliation-api.client.ts';
import { browserPath } from './browser.ts';
import type { PageData, Proof } from './data.ts';
import { stationTotals, valueByCurrency } from './figures.ts';
import { html } from './html.ts';
import { CONTENT_SECURITY_POLICY, renderFailure, renderPage } from './page.ts';
import { startPage, type RunningPage } from './server.ts';
import { verdict } from './summary.ts';
import { age, grouped, money, topicObject } from './words.ts';

const open: BreakView = {
  breakId: 'b-1',
  status: 'OPEN',
  severity: 'critical',
  check: 'contract-billing',
  kind: 'net',
  objectType: 'contract',
  object: 'c-1',
  legalEntityId: null,
  customerId: null,
  currency: 'EUR',
  expected: '1200',
  actual: '1150.5',
  difference: '-49.5',
  openedAt: '2026-03-31T11:00:00.000Z',
  closedAt: null,
  firstSeenRunId: 'r-1',
  lastSeenRunId: 'r-2',
  evidence: { contract: '00000007', invoices: 'N1 N2' },
};
const cell: StationCell = {
  legalEntity: 'DE',
  month: '2026-03',
  currency: 'EUR',
  invoices: '2',
  invoiced: '1234567.5',
  paid: '0',
  open: '1234567.5',
};
const run = {
  runId: 'r-2',
  status: 'breaks',
  trigger: 'request',
  asOf: null,
  sides: [],
  followedBy: null,
  reasons: [],
  checks: ['contract-billing', 'orders-crm-erp'],
  breaks: 1,
  timing: 0,
  requestedAt: '2026-03-31T11:59:00Z',
  endedAt: '2026-03-31T11:59:30Z',
};
const proof: Proof = {
  run,
  systems: [
    {
      object: 'order',
      system: 'netsuite',
      count: 21,
      complete: true,
      error: null,
      takenAt: null,
      sums: [{ name: 'net', currency: 'EUR', amount: '999.5' }],
    },
    { object: 'contract', system: 'salesforce', count: 3, complete: false, error: 'cut off', takenAt: null, sums: [] },
  ],
  topics: [{ topic: 'finance.order.v1', keys: 20, sums: [] }],
  stations: { erp: [cell], topic: [cell], planning: [{ ...cell, open: '1234567.49' }] },
  breaks: [open, { ...open, breakId: 'b-2', kind: 'missing', object: 'c-2', actual: null, difference: null }],
};
const planted = {
  plant: 'changed-order',
  kind: 'amount',
  system: 'NetSuite',
  done: 'line 2 was changed from <10> to 9',
  expected: [],
  found: true,
};
const report: MonthEndReport = {
  scenario: 'month-end',
  seed: 7,
  customers: 24,
  monthEnd: '2026-03-31',
  tiedOut: true,
  flow: [],
  systems: [],
  stations: { expected: [], erp: [], topic: [], planning: [] },
  planted: [planted],
  breaks: [
    {
      check: open.check,
      kind: open.kind,
      object: open.object,
      expected: '1200',
      actual: '1150.5',
      plant: 'changed-order',
    },
  ],
  unexpected: [],
  missing: [],
};
const data: PageData = {
  readAt: new Date('2026-03-31T12:00:00Z'),
  scenario: 'month-end',
  startedAt: '2026-03-31T11:00:00Z',
  services: [
    {
      name: 'erp-adapter',
      url: 'http://127.0.0.1:1',
      pid: 1,
      ready: false,
      problems: ['relay: retrying <no> broker'],
      consumers: [{ topic: 'finance.customer.v1', running: true, lag: 3 }],
      streams: [{ stream: 'invoice', running: true, failures: 0, ageSeconds: 4.4 }],
    },
  ],
  topics: [
    {
      topic: 'finance.order.v1',
      kind: 'state',
      partitions: 6,
      records: 1_234,
      keys: 21,
      newestAt: '2026-03-31T11:55:00Z',
      partial: false,
    },
    { topic: 'finance.audit.v1', kind: 'fact', partitions: 3, records: 9, keys: 9, newestAt: null, partial: true },
  ],
  proof,
  report,
  links: { Page: 'http://127.0.0.1:2', Prometheus: 'http://127.0.0.1:3' },
  problems: [],
};

describe('markup', () => {
  it('escapes everything that it did not make itself', () => {
    const name = `<img src=x onerror="alert('1')">&`;
    expect(html`<td title="${name}">${[html`<b>${1}</b>`, null, name]}</td>`.text).toBe(
      '<td title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;"><b>1</b>' +
        '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</td>',
    );
  });
});

describe('words', () => {
  it('write figures for reading and leave other text alone', () => {
    expect(['0', '999', '1000', '-1234567.5'].map(grouped)).toEqual(['0', '999', '1,000', '-1,234,567.5']);
    expect([money('1234.5', 'EUR'), money('1234.5', 'JPY'), money('5', null), money('USD', 'EUR')]).toEqual([
      '1,234.50',
      '1,234.5',
      '5',
      'USD',
    ]);
    const now = new Date('2026-03-31T12:00:00Z');
    expect(['2026-03-31T11:58:01Z', '2026-03-31T11:57:00Z', '2026-03-31T09:00:00Z'].map((at) => age(at, now))).toEqual([
      '119 s',
      '3 min',
      '3 h',
    ]);
    expect(topicObject('finance.credit-memo.v1')).toBe('credit-memo');
  });
});

describe('figures', () => {
  it('add up the absolute values of breaks per currency', () => {
    const breaks = [open, { currency: 'EUR', difference: '0.51' }, { currency: null, difference: null }];
    expect(valueByCurrency(breaks)).toEqual([{ currency: 'EUR', amount: '50.01' }]);
  });

  it('compare what the stations hold in total, whatever the scale they write it in', () => {
    const other = { ...cell, legalEntity: 'US', invoiced: '0.50' };
    const totals = stationTotals({ erp: [cell, other], topic: [{ ...cell, invoiced: '1234568.00' }], planning: [] });
    expect(totals.find(({ measure }) => measure === 'invoiced')).toEqual({
      currency: 'EUR',
      measure: 'invoiced',
      values: { erp: '1234568', topic: '1234568', planning: '0' },
      agrees: false,
    });
  });
});

describe('the verdict', () => {
  it('judges a month-end by what was planted', () => {
    expect(verdict(data)).toMatchObject({ tone: 'good', headline: '1 of 1 planted discrepancies found' });
    const missed = { ...report, tiedOut: false, planted: [{ ...planted, found: false }] };
    expect(verdict({ ...data, report: missed })).toMatchObject({
      tone: 'bad',
      headline: '0 of 1 planted discrepancies found',
    });
  });

  it('judges anything else by the breaks, and claims nothing over an incomplete run', () => {
    const without = { ...data, report: null };
    expect(verdict(without)).toMatchObject({ tone: 'bad', headline: '2 breaks are open' });
    expect(verdict({ ...without, proof: null }).tone).toBe('calm');
    expect(verdict({ ...without, proof: { ...proof, breaks: [] } })).toMatchObject({ tone: 'good' });
    const incomplete = { ...proof, breaks: [], run: { ...run, status: 'incomplete', reasons: ['invoice@netsuite'] } };
    expect(verdict({ ...without, proof: incomplete })).toMatchObject({ tone: 'calm', detail: 'invoice@netsuite' });
  });
});

describe('the page', () => {
  const page = renderPage(data, null);

  it('says each figure once for people and once for programs', () => {
    expect(page).toMatch(/data-topic="finance\.order\.v1"[\s\S]*?data-field="records" data-value="1234">\s*1,234/);
    expect(page).toMatch(/≥ 9/);
    expect(page).toMatch(/data-object="order"[\s\S]*?data-system="netsuite" data-value="21"[\s\S]*?999\.50 EUR/);
    expect(page).toMatch(/data-object="contract"[\s\S]*?incomplete/);
    expect(page).toMatch(/class="differs" data-figure="EUR open"/);
    expect(page).toMatch(/1,200\.00[\s\S]*1,150\.50[\s\S]*-49\.50/);
    expect(page).toContain('N1 N2');
  });

  it('names the cause of a break where it is known, and says where it is not', () => {
    expect(page.indexOf('Cause not known')).toBeGreaterThan(0);
    expect(page.indexOf('Cause not known')).toBeLessThan(page.indexOf('data-plant="changed-order"'));
    expect(page).toContain('Line 2 was changed from &lt;10&gt; to 9');
    expect(page).toContain('retrying &lt;no&gt; broker');
  });

  it('needs no script and no style but its own, and refreshes only when asked', () => {
    expect(page).not.toMatch(/<script|\son\w+=|\sstyle=|http-equiv/);
    expect(CONTENT_SECURITY_POLICY).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(renderPage(data, 10)).toContain('<meta http-equiv="refresh" content="10" />');
  });

  it('can be read before anything was compared, and says why it cannot be read at all', () => {
    const early = renderPage({ ...data, proof: null, report: null, topics: [] }, null);
    expect(early).toContain('Nothing compared yet');
    expect(renderFailure('no <demo>')).toContain('no &lt;demo&gt;');
  });
});

describe('its server', () => {
  let running: RunningPage | undefined;
  afterEach(() => running?.close());

  const ask = (url: string, method: string, host: string): Promise<{ status: number; body: string; policy: string }> =>
    new Promise((resolve, reject) => {
      request(url, { method, headers: { host } }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        const policy = String(response.headers['content-security-policy']);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body, policy }));
      })
        .on('error', reject)
        .end();
    });

  it('reads only, under its own name only, and says what is missing', async () => {
    running = await startPage({
      discovery: () => {
        throw new Error('the demo is gone');
      },
    });
    const { url } = running;
    const { host } = new URL(url);
    expect((await ask(url, 'GET', 'evil.example')).status).toBe(421);
    expect((await ask(url, 'POST', host)).status).toBe(405);
    expect((await ask(`${url}/etc/passwd`, 'GET', host)).status).toBe(404);
    const failing = await ask(url, 'GET', host);
    expect(failing).toMatchObject({ status: 503, policy: CONTENT_SECURITY_POLICY });
    expect(failing.body).toContain('the demo is gone');
  });
});

describe('a browser', () => {
  it('is looked for on the PATH', () => {
    expect(browserPath('/nowhere:/neither')).toBeNull();
  });
});
