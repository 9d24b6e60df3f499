import { createHash } from 'node:crypto';
import { breaks } from './breaks.ts';
import type { PageData } from './data.ts';
import { flow } from './flow.ts';
import { Html, html } from './html.ts';
import { services } from './services.ts';
import { STYLE } from './style.ts';
import { summary } from './summary.ts';
import { systems } from './systems.ts';

/** Nothing but this page's own style: no script, no image, no form, no frame around it. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The whole page as text. @param refreshSeconds how often the browser reads it again; null never */
export function renderPage(data: PageData, refreshSeconds: number | null): string {
  return document('Tieout', refreshSeconds, [heading(data, refreshSeconds), body(data)]);
}

/** In place of the page while what it needs cannot be read. */
export function renderFailure(message: string): string {
  return document('Tieout', 2, [
    html`<main>
      <section class="verdict bad">
        <p class="headline">Nothing to show</p>
        <p>${message}</p>
      </section>
    </main>`,
  ]);
}

function document(title: string, refreshSeconds: number | null, parts: readonly Html[]): string {
  const refresh = refreshSeconds === null ? null : html`<meta http-equiv="refresh" content="${refreshSeconds}" />`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${refresh}
        <title>${title}</title>
        ${new Html(`<style>${STYLE}</style>`)}
      </head>
      <body>
        ${parts}
      </body>
    </html> `.text;
}

function heading({ scenario, report, readAt }: PageData, refreshSeconds: number | null): Html {
  const what =
    report === null
      ? scenario === 'month-end'
        ? 'A month-end'
        : 'A file of receivables'
      : `Month-end ${report.monthEnd} · ${report.customers} customers · seed ${report.seed}`;
  const toggle =
    refreshSeconds === null ? html`<a href="/?refresh=10">keep it fresh</a>` : html`<a href="/">stop refreshing</a>`;
  return html`<header>
    <h1>Tie<span>out</span></h1>
    <p class="meta">${what}</p>
    <p class="meta right">
      as of <time datetime="${readAt.toISOString()}">${readAt.toISOString().slice(11, 19)} UTC</time> · ${toggle}
    </p>
  </header>`;
}

function body(data: PageData): Html {
  return html`<main>${summary(data)} ${breaks(data)} ${systems(data)} ${flow(data)} ${services(data)}</main>
    <footer>Read from the services and from Kafka like any outside client; nothing can be changed here.</footer>`;
}
