import { ruleSetShape } from './rule-set-shape.ts';
import { problemsOf, type RuleProblem } from './rule-set-sense.ts';
import type { RuleSet } from './rule-set.ts';

/** `code` is that of the first problem; the message names them all. */
export class RuleSetError extends Error {
  override readonly name = 'RuleSetError';
  readonly code: RuleProblem['code'];
  readonly problems: readonly RuleProblem[];

  constructor(problems: readonly RuleProblem[]) {
    super(`rule set refused: ${problems.map(({ path, reason }) => `${path}: ${reason}`).join('; ')}`);
    this.code = problems[0]?.code ?? 'malformed';
    this.problems = problems;
  }
}

/**
 * A rule set as YAML or JSON gives it, with every default filled in: plain JSON, and parsing it again gives the same.
 * @throws RuleSetError for unknown keys, rules that contradict themselves or each other, rules that nothing can reach.
 */
export function parseRuleSet(input: unknown): RuleSet {
  const parsed = ruleSetShape.safeParse(input);
  if (!parsed.success) {
    throw new RuleSetError(
      parsed.error.issues.map(({ path, message }) => ({ code: 'malformed', path: pathOf(path), reason: message })),
    );
  }
  const problems = problemsOf(parsed.data);
  if (problems.length > 0) throw new RuleSetError(problems);
  return parsed.data;
}

function pathOf(path: readonly PropertyKey[]): string {
  return (
    path
      .map((part, n) => (typeof part === 'number' ? `[${part}]` : n === 0 ? String(part) : `.${String(part)}`))
      .join('') || 'rule set'
  );
}
