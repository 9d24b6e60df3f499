import { Command } from 'commander';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseDocument } from 'yaml';
import { parseRuleSet } from '@tieout/matching';
import { reconcile } from './reconcile.ts';

const HOW_TO = path.join(import.meta.dirname, '../../../docs/how-to');
const SAMPLES = path.join(HOW_TO, 'samples');
/** The samples where a result may be written. */
const folder = mkdtempSync(path.join(tmpdir(), 'tieout-how-to-'));
const page = readFileSync(path.join(HOW_TO, 'reconcile-two-files.md'), 'utf8');

/** Blocks of the page by what stands behind their fence. */
const blocks = new Map(
  [...page.matchAll(/```(\S+(?: \S+)?)\n([^]*?)```/g)].map(([, kind = '', text = '']) => [kind, text]),
);

beforeAll(() => {
  cpSync(SAMPLES, folder, { recursive: true });
  vi.stubEnv('INIT_CWD', folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** What the command prints, through its own command line. */
async function printed(line: string): Promise<{ code: unknown; text: string }> {
  let text = '';
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((piece) => {
      text += String(piece);
      return true;
    }),
  );
  const before = process.exitCode;
  try {
    const args = line.replace('$ npm run tieout -- ', '').split(' ');
    await new Command().addCommand(reconcile()).parseAsync(args, { from: 'user' });
    return { code: process.exitCode, text };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

describe('docs/how-to/reconcile-two-files.md', () => {
  it.each([
    ['refused', 2],
    ['result', 1],
    ['rules', 1],
  ])('shows what is printed: %s', async (kind, code) => {
    const [command = '', ...output] = blocks.get(`console ${kind}`)!.split('\n');
    expect(await printed(command)).toEqual({ code, text: output.join('\n') });
  });

  it('shows groups as they are in the result file', () => {
    const result = readFileSync(path.join(folder, 'result.json'), 'utf8').split('\n');
    const lines = blocks.get('json')!.trim().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(result.map((one) => one.replace(/,$/, ''))).toContain(line);
  });

  it('shows the rules of the samples, which are rules', () => {
    const text = readFileSync(path.join(SAMPLES, 'rules.yaml'), 'utf8');
    expect(blocks.get('yaml')).toBe(text);
    expect(parseRuleSet(parseDocument(text).toJS()).rules).toHaveLength(5);
  });
});
