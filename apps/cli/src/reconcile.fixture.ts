import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Group } from '@tieout/matching';
import { vi } from 'vitest';
import type { ResultTotals } from './reconcile-comparison.ts';
import type { ReconcileFlags } from './reconcile-flags.ts';
import { runReconcile } from './reconcile-run.ts';

export const HEADER = 'id,date,amount,currency,reference,counterparty,text';
export const csv = (...rows: readonly string[]): string => [HEADER, ...rows, ''].join('\n');

/** The result file. */
export interface Result {
  readonly groups: readonly Group[];
  readonly totals: ResultTotals;
  readonly refused: readonly {
    readonly side: string;
    readonly file: string;
    readonly line: number;
    readonly id: string;
    readonly cells: Record<string, string>;
  }[];
  readonly run: Record<string, unknown>;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** null when there is no result file. */
  readonly result: Result | null;
}

export interface Workbench {
  readonly folder: string;
  file(name: string, content: string | Uint8Array): string;
  /** Runs the command on two files with that content. */
  run(left: string | Uint8Array, right: string | Uint8Array, flags?: Partial<ReconcileFlags>): Promise<Ran>;
  /** Runs it on files that are there. */
  runFiles(flags: Pick<ReconcileFlags, 'left' | 'right'> & Partial<ReconcileFlags>): Promise<Ran>;
  [Symbol.dispose](): void;
}

/** A folder for files of a spec, and the command's own function on them. */
export function workbench(): Workbench {
  const folder = mkdtempSync(path.join(tmpdir(), 'tieout-reconcile-'));
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const runFiles: Workbench['runFiles'] = async (flags) => {
    const out = path.join(folder, 'result.json');
    rmSync(out, { force: true });
    const printed = { stdout: '', stderr: '' };
    const spies = (['stdout', 'stderr'] as const).map((name) =>
      vi.spyOn(process[name], 'write').mockImplementation((text) => {
        printed[name] += String(text);
        return true;
      }),
    );
    try {
      const code = await runReconcile({ out, json: false, skipBadRows: false, allowIncomplete: false, ...flags });
      const result = existsSync(out) ? (JSON.parse(readFileSync(out, 'utf8')) as Result) : null;
      return { code, ...printed, result };
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  };
  return {
    folder,
    file,
    runFiles,
    run: (left, right, flags = {}) =>
      runFiles({ left: [file('left.csv', left)], right: [file('right.csv', right)], ...flags }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
