import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { baseName, dashboardExpressions, metricNames } from './expressions.ts';
import { generatedFiles, stale } from './generate.ts';
import { metricFiles, registeredMetrics } from './registered-metrics.ts';
import { SERVICES } from './services.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}
interface RuleTest {
  readonly name: string;
  readonly promql_expr_test: readonly { readonly expr: string; readonly exp_samples: readonly unknown[] }[];
}
const rules = (parse(read('deploy/prometheus/alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const tests = (parse(read('deploy/prometheus/alerts.test.yaml')) as { tests: RuleTest[] }).tests;
const names = rules.map(({ alert }) => alert).sort();

describe('the alerts', () => {
  it('have names of one family, a severity and what a person needs to read', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Tieout([A-Z][a-z]+)+$/);
      expect(['critical', 'warning'], alert).toContain(labels['severity']);
      expect(Object.keys(annotations).sort(), alert).toEqual(['description', 'runbook_url', 'summary']);
      expect(annotations['runbook_url']).toBe(`docs/runbooks/${alert}.md`);
    }
    expect(new Set(names).size).toBe(names.length);
  });

  it('have a runbook each, and no runbook is left over', () => {
    const pages = readdirSync(path.join(ROOT, 'docs/runbooks')).filter((file) => file !== 'README.md');
    expect(pages.map((file) => file.replace('.md', '')).sort()).toEqual(names);
    for (const page of pages) {
      const sections = [...read(`docs/runbooks/${page}`).matchAll(/^## (.+)$/gm)].map(([, title]) => title);
      const shape = ['Meaning', 'Impact', 'First queries', 'Likely causes', 'Fix', 'Verify', 'Escalate'];
      expect(sections, page).toEqual(shape);
      expect(read('docs/runbooks/README.md'), page).toContain(`](${page})`);
    }
  });

  it('are each shown to rest and to fire', () => {
    expect(tests.map(({ name }) => name).sort()).toEqual(names);
    for (const { name, promql_expr_test: checks } of tests) {
      for (const { expr } of checks) expect(expr).toContain(`ALERTS{alertname="${name}", alertstate="firing"}`);
      const fires = checks.map(({ exp_samples: samples }) => samples.length > 0);
      expect(new Set(fires), name).toEqual(new Set([true, false]));
    }
  });
});

describe('metrics', () => {
  it('that alerts, runbooks and dashboards read are registered by a service', async () => {
    const registered = await registeredMetrics(ROOT);
    const dashboards = [...(await generatedFiles())].filter(([file]) => file.includes('/dashboards/'));
    const expressions = [
      ...rules.map(({ alert, expr }) => [alert, expr] as const),
      ...names.map((name) => [`runbook ${name}`, read(`docs/runbooks/${name}.md`)] as const),
      ...dashboards.flatMap(([file, content]) =>
        dashboardExpressions(JSON.parse(content)).map((expr) => [file, expr] as const),
      ),
    ];
    const unknown = expressions.flatMap(([where, expr]) =>
      metricNames(expr)
        .filter((name) => !registered.has(name) && !registered.has(baseName(name)))
        .map((name) => `${name} in ${where}`),
    );
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('are looked for in every service that has some of its own', () => {
    const apps = metricFiles(ROOT).map((file) => path.relative(ROOT, file).split(path.sep)[1]);
    expect([...new Set(apps)].sort()).toEqual(SERVICES.map(({ name }) => name).sort());
  });
});

describe('dashboards', () => {
  it('stand in the tree as they are generated', async () => {
    expect(stale(ROOT, await generatedFiles())).toEqual([]);
  });

  it('are there for every service, for the flow and for finance, and each panel says its unit and how to read it', async () => {
    const files = [...(await generatedFiles())].filter(([file]) => file.includes('/dashboards/'));
    const services = readdirSync(path.join(ROOT, 'apps')).filter((app) => !['cli', 'sandbox'].includes(app));
    expect(files.map(([file]) => path.basename(file, '.json')).sort()).toEqual([...services, 'finance', 'flow'].sort());
    for (const [file, content] of files) {
      const { panels, uid } = JSON.parse(content) as {
        uid: string;
        panels: { type: string; title: string; description?: string; fieldConfig?: { defaults: { unit?: string } } }[];
      };
      expect(uid, file).toMatch(/^tieout-/);
      for (const { type, title, description, fieldConfig } of panels.filter((panel) => panel.type !== 'row'))
        expect(
          [type, Boolean(title), Boolean(description), Boolean(fieldConfig?.defaults.unit)],
          `${file} ${title}`,
        ).toEqual([expect.stringMatching(/^(stat|timeseries)$/), true, true, true]);
    }
  });
});
