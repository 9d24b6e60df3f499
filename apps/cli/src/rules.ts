import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isDate } from '@tieout/canonical';
import { NoAnswer } from '@tieout/demo';
import { Command, InvalidArgumentError } from 'commander';
import { EXIT, print, wholeNumber } from './command-line.ts';
import { fromWhereItWasTyped } from './config.ts';
import { rulesApi, type BackTest, type RulesApi, type RulesFlags } from './rules-api.client.ts';
import { readRules } from './rules-file.ts';
import { check, compare } from './rules-offline.ts';
import { backTestText, historyText, progressText, ruleSetsText, versionLine, versionText } from './rules-text.ts';
import { withToken } from './token.ts';

const WATCH_MS = 500;

/** The rules that decide matches: look, tune, see what a draft would change, and have it activated by a second person. */
export function rules(): Command {
  const command = new Command('rules').description('the rules of reconciliation: look, tune, back-test, activate');
  for (const define of [list, show, draft, propose, backTest, activate, reject])
    command.addCommand(withToken(define()));
  for (const define of [check, compare]) command.addCommand(define());
  return command;
}

const version = wholeNumber(1, 1_000_000);
const ofVersion = (name: string): Command =>
  new Command(name).argument('<name>', 'of the rule set').argument('<version>', 'its number', version);
const withReason = (command: Command): Command =>
  command.requiredOption('--reason <text>', 'why; it goes into the audit');

function list(): Command {
  return new Command('list')
    .description('rule sets with what is active and what waits for a person')
    .action(async (_: unknown, command: Command) => {
      const flags = command.optsWithGlobals<RulesFlags>();
      const ruleSets = await (await rulesApi(flags)).list();
      print(flags.json, { ruleSets }, () => ruleSetsText(ruleSets, new Date()));
    });
}

function show(): Command {
  return new Command('show')
    .description(
      'versions and audit of a rule set; with a version, its rules. Exit code 1 when the audit chain is broken',
    )
    .argument('<name>', 'of the rule set')
    .argument('[version]', 'its number', version)
    .action(async (name: string, number: number | undefined, _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<RulesFlags>();
      const api = await rulesApi(flags);
      if (number !== undefined) {
        const view = await api.show(name, number);
        return print(flags.json, view, () => versionText(view));
      }
      const history = await api.history(name);
      print(flags.json, history, () => historyText(history, new Date()));
      if (history.chainFault !== null) process.exitCode = EXIT.notReady;
    });
}

function draft(): Command {
  return withReason(new Command('draft'))
    .description('writes a next version of the rules; nothing else changes')
    .argument('<name>', 'of the rule set')
    .argument('<file>', 'the rules, YAML', fromWhereItWasTyped)
    .action(async (name: string, file: string, _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<RulesFlags & { reason: string }>();
      const { source } = readRules(file);
      const view = await (await rulesApi(flags)).draft(name, { rules: source, reason: flags.reason });
      print(flags.json, view, () => versionLine(view.version));
    });
}

function act(what: 'propose' | 'reject', description: string): Command {
  return withReason(ofVersion(what))
    .description(description)
    .action(async (name: string, number: number, _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<RulesFlags & { reason: string }>();
      const view = await (await rulesApi(flags)).act(name, number, what, { reason: flags.reason });
      print(flags.json, view, () => versionLine(view.version));
    });
}
const propose = (): Command => act('propose', 'asks for a draft to be activated by somebody else');
const reject = (): Command => act('reject', 'ends a draft or a proposal');

interface BackTestFlags extends RulesFlags {
  readonly asOf?: readonly string[];
  readonly comparison?: readonly string[];
  readonly periods: number;
  readonly examples: number;
  readonly reason?: string;
  readonly last: boolean;
  readonly cancel?: string;
  readonly watch: boolean;
}

function backTest(): Command {
  return ofVersion('backtest')
    .description('what a version would change over past items; follows it to its end, exit code 1 when it fails')
    .option('--as-of <day...>', 'cut-offs: items dated up to these days', day, [])
    .option(
      '--periods <n>',
      'without --as-of: the last day of the items and the month ends before it',
      wholeNumber(1, 24),
      3,
    )
    .option('--comparison <name...>', 'only of these comparisons (default: all that use the rule set)')
    .option('--examples <n>', 'of each kind of change', wholeNumber(0, 100), 5)
    .option('--reason <text>', 'why, for the audit')
    .option('--last', 'show the last one instead of asking for another', false)
    .option('--cancel <id>', 'stop that one')
    .option('--no-watch', 'only ask for it')
    .action(async (name: string, number: number, _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<BackTestFlags>();
      const api = await rulesApi(flags);
      const test = await wantedTest(api, name, number, flags);
      print(flags.json, test, () => backTestText(test, flags.examples));
      if (test.status === 'failed') process.exitCode = EXIT.notReady;
    });
}

async function wantedTest(api: RulesApi, name: string, number: number, flags: BackTestFlags): Promise<BackTest> {
  const { last, cancel, periods, examples, asOf = [], comparison, reason } = flags;
  if (cancel !== undefined) return api.cancelBackTest(name, number, cancel, reason ?? 'not needed any more');
  if (last) return lastTest(api, name, number);
  const asked = await api.askBackTest(name, number, {
    ...{ periods, examples },
    ...(asOf.length > 0 && { cutOffs: asOf }),
    ...(comparison && { comparisons: comparison }),
    ...(reason !== undefined && { reason }),
  });
  return flags.watch ? watched(api, asked) : asked;
}

async function watched(api: RulesApi, { name, version: number, backTestId }: BackTest): Promise<BackTest> {
  for (let said = ''; ; await delay(WATCH_MS)) {
    const now = await api.backTest(name, number, backTestId);
    if (now.status !== 'waiting' && now.status !== 'running') return now;
    const line = progressText(now);
    if (line !== said) process.stderr.write(`${line}\n`);
    said = line;
  }
}

/** The last one that is done, else the last. */
async function lastTest(api: RulesApi, name: string, number: number): Promise<BackTest> {
  const all = await api.backTests(name, number);
  const last = all.find(({ status }) => status === 'done') ?? all[0];
  if (last === undefined)
    throw new NoAnswer(`version ${number} has no back-test: tieout rules backtest ${name} ${number}`, 404);
  return api.backTest(name, number, last.backTestId);
}

interface ActivateFlags extends RulesFlags {
  readonly reason: string;
  readonly backTest?: string;
  readonly acceptLost: boolean;
  readonly yes: boolean;
  readonly examples: number;
}

function activate(): Command {
  return withReason(ofVersion('activate'))
    .description(
      'shows what a proposed version changes and makes it the active one; for another person than its author',
    )
    .option('--back-test <id>', 'which one to rest on (default: the last)')
    .option('--accept-lost', 'although matches that people confirmed are lost', false)
    .option('--examples <n>', 'of each kind of change', wholeNumber(0, 100), 3)
    .option('--yes', 'do not ask', false)
    .action(async (name: string, number: number, _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ActivateFlags>();
      const api = await rulesApi(flags);
      const { backTest: id, reason, acceptLost } = flags;
      const test = id === undefined ? await lastTest(api, name, number) : await api.backTest(name, number, id);
      if (!flags.yes && !(await confirmed(test, flags.examples))) return;
      const body = { reason, acceptLost, backTestId: test.backTestId };
      const view = await api.act(name, number, 'activate', body);
      print(flags.json, { ...view, backTestId: test.backTestId }, () => versionLine(view.version));
    });
}

/** Nobody to ask is a no: a script says --yes. */
async function confirmed(test: BackTest, examples: number): Promise<boolean> {
  process.stderr.write(`${backTestText(test, examples)}\n\n`);
  const said = process.stdin.isTTY ? await asked(`Activate version ${test.version} of ${test.name}? [y/N] `) : '';
  if (/^y(es)?$/i.test(said.trim())) return true;
  process.stderr.write(process.stdin.isTTY ? 'Nothing was done.\n' : 'Nothing was done: confirm with --yes.\n');
  process.exitCode = EXIT.notReady;
  return false;
}

async function asked(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question);
  terminal.close();
  return answer;
}

function day(text: string, before: readonly string[]): readonly string[] {
  if (!isDate(text)) throw new InvalidArgumentError('a day like 2026-03-31');
  return [...before, text];
}
