import { readFileSync, writeFileSync } from 'node:fs';
import { NoAnswer } from '@tieout/demo';
import { Argument, Command } from 'commander';
import { exportSheet, importSheet } from './breaks-api.client.ts';
import { filtered, queryOf, type FilterFlags } from './breaks-filter.ts';
import { importText } from './breaks-text.ts';
import { deskOf, type DeskFlags } from './breaks-desk.ts';
import { EXIT, print } from './command-line.ts';
import { fromWhereItWasTyped } from './config.ts';
import { withToken } from './token.ts';

/** Breaks as a sheet: the service makes and reads it, this only carries it. */
export function exportCommand(): Command {
  return withToken(filtered(new Command('export')))
    .description(
      'a CSV of breaks to edit offline: assignee, due, comment, resolution, reason, expected_on, counterpart',
    )
    .requiredOption('--out <file>', 'where to write it', fromWhereItWasTyped)
    .action(async (_: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DeskFlags & FilterFlags & { out: string }>();
      const sheet = await exportSheet(await deskOf(flags), queryOf(flags));
      writeFileSync(flags.out, sheet);
      print(flags.json, { file: flags.out, bytes: Buffer.byteLength(sheet) }, () => `Written: ${flags.out}`);
    });
}

export function importCommand(): Command {
  return withToken(new Command('import'))
    .description('what an edited sheet would do, row by row; does it with --yes')
    .addArgument(new Argument('<file>', 'the edited sheet'))
    .option('--yes', 'do it', false)
    .action(async (file: string, _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DeskFlags & { yes: boolean }>();
      const csv = readSheet(fromWhereItWasTyped(file));
      const answer = await importSheet(await deskOf(flags), csv, flags.yes);
      print(flags.json, answer, () => importText(answer));
      const { unchanged = 0, success = 0 } = answer.counts;
      if (unchanged + success < answer.rows.length) process.exitCode = EXIT.notReady;
    });
}

/** Letters must not be guessed at: who saved it with another encoding hears so. */
function readSheet(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new NoAnswer(`${file} cannot be read: ${(error as Error).message}`, null);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new NoAnswer(`${file} is not UTF-8: save the sheet as "CSV UTF-8"`, null);
  }
}
