/** From what a researcher names or writes to a plan that holds together. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseDatasetSpec, reasonOf } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import { didYouMean } from '@crepitus/recordings';
import { parse, YAMLError } from 'yaml';
import type { z } from 'zod';
import { namedPlans, smokeOf } from './named-plans.ts';
import { type Plan, type PlanInput, planJsonSchema, planSchema } from './plan.ts';

export interface PlanOptions {
  /** `KIND:DIR` instead of the plan's data; a relative DIR is meant from here. */
  readonly source?: string | undefined;
  readonly target?: string | undefined;
  /** `KEY=VALUE`, for instance `target.epochs=20`: values of the plan, in YAML, by their path. */
  readonly set?: readonly string[] | undefined;
  /** Every system, on next to no data. */
  readonly smoke?: boolean | undefined;
}

/**
 * The plan of a name or in a file (YAML or JSON), with its defaults.
 *
 * @throws CrepitusError (usage) `plan-missing`, `plan-unreadable`, `plan-invalid`
 */
export async function readPlan(nameOrFile: string, options: PlanOptions = {}): Promise<Plan> {
  const named = namedPlans.get(nameOrFile);
  let written: unknown = named === undefined ? await readPlanFile(nameOrFile) : structuredClone(named);
  const where = named === undefined ? nameOrFile : `the plan ${nameOrFile}`;
  if (options.smoke) written = structuredClone(smokeOf(parsePlanInput(written, where)));
  for (const assignment of options.set ?? []) setValue(written, assignment, where);
  if (isRecord(written) && options.set !== undefined && options.set.length > 0)
    written.description = [written.description, `Changed: ${options.set.join(', ')}.`]
      .filter(sentence => typeof sentence === 'string' && sentence !== '')
      .join(' ');
  for (const role of ['source', 'target'] as const) {
    const given = options[role];
    if (given === undefined) continue;
    const { kind, path } = parseDatasetSpec(given);
    setAt(written, [role, 'data'], `${kind}:${resolve(path)}`, where);
  }
  return parsePlan(written, where);
}

/** @throws CrepitusError `plan-invalid` (usage), one sentence with every problem */
export function parsePlan(value: unknown, where: string): Plan {
  const parsed = planSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw planInvalid(where, problemsOf(value, parsed.error.issues).join('; '));
}

/** The same, as it was written. */
function parsePlanInput(value: unknown, where: string): PlanInput {
  parsePlan(value, where);
  return value as PlanInput;
}

async function readPlanFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const names = [...namedPlans.keys()];
    const known = `one of ${names.join(', ')}, or a file`;
    throw new CrepitusError(
      'plan-missing',
      `There is no plan '${path}' (${reasonOf(cause)}); name ${known}${didYouMean(path, names)}`,
      { kind: 'usage', cause },
    );
  }
  let written: unknown;
  try {
    written = parse(text);
  } catch (cause) {
    if (!(cause instanceof YAMLError)) throw cause;
    const line = cause.linePos?.[0].line;
    throw new CrepitusError(
      'plan-unreadable',
      `${path} is neither YAML nor JSON (line ${line ?? 'unknown'}: ${cause.message.split('\n')[0]}); correct it.`,
      { kind: 'usage', cause },
    );
  }
  return withAbsoluteData(written, dirname(resolve(path)));
}

/** A relative folder of data is meant from the plan's own. */
function withAbsoluteData(written: unknown, folder: string): unknown {
  if (!isRecord(written)) return written;
  const absolute = (part: unknown): unknown => {
    if (!isRecord(part) || typeof part.data !== 'string') return part;
    const colon = part.data.indexOf(':');
    if (colon < 0) return part;
    const path = resolve(folder, part.data.slice(colon + 1));
    return { ...part, data: `${part.data.slice(0, colon)}:${path}` };
  };
  return {
    ...written,
    ...('source' in written ? { source: absolute(written.source) } : {}),
    ...('target' in written ? { target: absolute(written.target) } : {}),
  };
}

function setValue(written: unknown, assignment: string, where: string): void {
  const equals = assignment.indexOf('=');
  if (equals < 1) {
    throw planInvalid(where, `--set ${assignment}: write KEY=VALUE, for instance target.epochs=20`);
  }
  let value: unknown;
  try {
    value = parse(assignment.slice(equals + 1));
  } catch (cause) {
    throw planInvalid(where, `--set ${assignment}: ${(cause as Error).message.split('\n')[0]}`);
  }
  setAt(written, assignment.slice(0, equals).split('.'), value, where);
}

function setAt(written: unknown, path: readonly string[], value: unknown, where: string): void {
  if (!isRecord(written)) throw planInvalid(where, 'it is no mapping');
  let place = written;
  for (const key of path.slice(0, -1)) {
    const next = place[key] ?? {};
    if (!isRecord(next)) throw planInvalid(where, `${path.join('.')}: "${key}" holds no keys`);
    place[key] = next;
    place = next;
  }
  place[path.at(-1)!] = value;
}

function problemsOf(value: unknown, issues: readonly z.core.$ZodIssue[]): string[] {
  return issues.flatMap(issue => {
    const path = issue.path.map(String);
    if (issue.code === 'invalid_union') {
      const branches = issue.errors.filter(branch => branch.length > 0);
      // The alternative that what stands there is meant as: the one whose problems lie deepest.
      const lies = (deep: (issue: z.core.$ZodIssue) => boolean) =>
        branches.find(branch => branch.every(deep));
      const meant =
        lies(({ code, path }) => path.length > 0 || code === 'unrecognized_keys') ??
        lies(({ code, path }) => path.length > 0 || code !== 'invalid_type');
      const nested = (meant ?? branches[0] ?? []).map(inner => ({
        ...inner,
        path: [...issue.path, ...inner.path],
      }));
      return nested.length > 0
        ? problemsOf(value, nested as z.core.$ZodIssue[])
        : [`${path.join('.')}: ${issue.message}`];
    }
    if (issue.code === 'unrecognized_keys') {
      const place = path.length > 0 ? path.join('.') : 'it';
      const known = keysAt(path);
      return issue.keys.map(key => `${place} has no key "${key}"${suggestion(key, known)}`);
    }
    if (path.length === 0 && issue.code === 'invalid_type')
      return ['it must be a mapping of keys to values, with "name" and "systems" among them'];
    if (issue.message.endsWith('received undefined')) return [`"${path.join('.')}" is missing`];
    return [`${path.join('.') || 'it'}: ${issue.message}`];
  });
}

/** As part of a sentence. */
function suggestion(key: string, known: readonly string[]): string {
  const meant = didYouMean(key, known);
  return meant === '.' ? '' : ` (${meant.replace('; ', '')})`;
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** The keys that a plan may have at a place. */
function keysAt(path: readonly string[]): string[] {
  let nodes: SchemaNode[] = [planJsonSchema as SchemaNode];
  const flat = (node: SchemaNode): SchemaNode[] => [node, ...(node.anyOf ?? []).flatMap(flat)];
  for (const key of path) {
    nodes = nodes.flatMap(flat).flatMap(({ properties, items }) => {
      const next = /^\d+$/.test(key) ? items : properties?.[key];
      return next === undefined ? [] : [next];
    });
  }
  return nodes.flatMap(flat).flatMap(({ properties }) => Object.keys(properties ?? {}));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function planInvalid(where: string, problem: string): CrepitusError {
  // A file keeps the name that it has.
  return new CrepitusError(
    'plan-invalid',
    `${where.replace(/^the /, 'The ')} is no valid plan: ${problem}.`,
    { kind: 'usage' },
  );
}
