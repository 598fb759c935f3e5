/** In what a plan is not the protocol of the paper, for tables in which the paper's figures stand beside ours. */
import { namedPlans } from './named-plans.ts';
import { frontEndOf, type Plan, planSchema } from './plan.ts';

/** `target.epochs 15 instead of 150`, one per value; data, names and seeds aside. Of systems: what is theirs alone. */
export function unlikePaper(plan: Plan): string[] {
  const paper = valuesOf(planSchema.parse(namedPlans.get('table-2')));
  const values = [...valuesOf(plan)].flatMap(([key, value]) =>
    value === paper.get(key) ? [] : [`${key} ${value} instead of ${paper.get(key)}`],
  );
  const own = (['epochs', 'learningRate'] as const).flatMap(key => {
    const given = [...new Set(plan.systems.flatMap(system => system[key] ?? []))];
    return given.length === 0 ? [] : [`${key} of some systems ${given.join(' or ')}`];
  });
  return [...values, ...own];
}

/** What is trained, and how it is tested, by its place in the plan. */
function valuesOf(plan: Plan): Map<string, string> {
  const { task, phases, blocks, source, target, folds, runs } = plan;
  const { data: _, ...ofSource } = source;
  const { data: __, subjects, ...ofTarget } = target;
  const drawn =
    subjects === null
      ? 'all'
      : `${subjects.crackle} with crackles and ${subjects.other} others, drawn ${subjects.draws === 1 ? 'once' : `${subjects.draws} times`}`;
  const { name } = frontEndOf(plan);
  const all = {
    ...{ task, frontEnd: name, phases, blocks, source: ofSource },
    ...{ target: { subjects: drawn, ...ofTarget }, folds, runs },
  };
  const leaves = (key: string, value: unknown): [string, string][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([name, inner]) => leaves(key === '' ? name : `${key}.${name}`, inner))
      : [[key, Array.isArray(value) ? value.join(', ') : String(value)]];
  return new Map(leaves('', all));
}
