import { readFileSync, writeFileSync } from 'node:fs';
import { documentOf, share, type Facts } from './document.ts';
import { faultText } from './fault-text.ts';
import { plantedPairs, writePairs, type Pair } from './files.ts';
import { measure, type Measured } from './measure.ts';
import { musts } from './musts.ts';
import { parseOptions, USAGE, type Options } from './options.ts';
import { parseInvoices, type Invoice } from './receivables/invoices.ts';
import { measureReceivables, RECEIVABLES_RULES, RECEIVABLES_SUBJECTS } from './receivables/measure.ts';
import { deriveStatement } from './receivables/statement.ts';
import { SUBJECTS } from './subjects.ts';

/** `npm run bench -- quality`: see USAGE. @returns the exit code */
export async function quality(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const invoices = options.receivables === null ? [] : parseInvoices(readFileSync(options.receivables, 'utf8'));
  if (options.write !== null) {
    const commands = writePairs(options.write, pairsOf(options, invoices));
    console.log(commands.join('\n'));
    return 0;
  }
  const facts = factsOf(options, invoices);
  const all = [...facts.worlds, ...facts.receivables];
  all.forEach(print);
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(plain(facts), null, 2)}\n`);
  if (options.document !== null) writeFileSync(options.document, documentOf(facts));
  return all.flatMap(({ tally }) => musts(tally)).some(({ faults }) => faults > 0) ? 1 : 0;
}

function factsOf({ seeds, items, receivables }: Options, invoices: readonly Invoice[]): Facts {
  const command = `npm run bench -- quality --seeds ${seeds.join(',')} --items ${items}`;
  return {
    command: receivables === null ? command : `${command} --receivables FILE`,
    worlds: SUBJECTS.map((subject) => measure(subject, seeds, items)),
    receivables:
      invoices.length === 0 ? [] : RECEIVABLES_SUBJECTS.map((subject) => measureReceivables(subject, invoices, seeds)),
  };
}

function pairsOf({ seeds: [seed = 1] }: Options, invoices: readonly Invoice[]): Pair[] {
  if (invoices.length === 0) return plantedPairs(seed);
  const { scene, asOf } = deriveStatement(invoices, seed);
  return [...plantedPairs(seed), { name: 'receivables', scene, asOf, rates: [], rules: RECEIVABLES_RULES }];
}

/** How many faults of one sort are worth reading. */
const SHOWN = 2;

function print({ subject, tally }: Measured): void {
  console.log(`\n${subject.name} rules: ${tally.scenes} deliveries, ${tally.items} items`);
  for (const { kind, planted, wanted, right } of tally.kinds)
    console.log(
      `  ${kind.padEnd(34)} ${String(planted).padStart(6)}  wanted ${share(wanted, planted).padStart(7)}  right ${share(right, planted).padStart(7)}`,
    );
  const examples = Map.groupBy(tally.faults, ({ fault, kinds }) => `${fault} ${kinds}`);
  for (const faults of examples.values())
    for (const fault of faults.slice(0, SHOWN)) console.log(`  ${faultText(fault)}`);
  for (const { what, faults, of } of musts(tally))
    console.log(`  ${faults === 0 ? 'held  ' : 'MISSED'} ${what}: ${faults} of ${of}`);
}

function plain({ command, worlds, receivables }: Facts): object {
  const of = ({ subject: { name }, tally }: Measured): object => ({ rules: name, ...tally, musts: musts(tally) });
  return { command, worlds: worlds.map(of), receivables: receivables.map(of) };
}
