import { parse as parseCsv } from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { rate } from './breaks-input.ts';
import { DEFAULT_POLICY, parsePolicy, type BreakPolicy } from './policy.ts';
import type { Rate } from './valuation.ts';

/** The policy as YAML; the default without one. */
export const policyText = z
  .string()
  .optional()
  .transform((text, context): BreakPolicy => {
    if (text === undefined) return DEFAULT_POLICY;
    try {
      return parsePolicy(parseYaml(text));
    } catch (error) {
      return problem(context, problemsOf(error));
    }
  });

/** Rates as CSV; none without one. In a log they are only counted. */
export const ratesText = z
  .string()
  .optional()
  .transform((text, context): readonly Rate[] => {
    if (text === undefined) return [];
    try {
      const rates = z
        .array(rate)
        .parse(parseCsv(text, { columns: true, trim: true, bom: true, skip_empty_lines: true }));
      return Object.assign(rates, { toJSON: () => `${rates.length} rates` });
    } catch (error) {
      return problem(context, problemsOf(error));
    }
  });

function problem(context: { readonly addIssue: (message: string) => void }, message: string): never {
  context.addIssue(message);
  return z.NEVER;
}

function problemsOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message;
  return error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ');
}
