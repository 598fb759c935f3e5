/** The systems of a plan: their names as in the paper's table, and which of them are one and the same. */
import { CrepitusError } from '@crepitus/dsp';
import type { InputName } from '@crepitus/model';
import type { ExperimentSystem } from './layout.ts';
import type { Plan, PlannedRow } from './plan.ts';

export interface PlanSystem extends ExperimentSystem {
  readonly epochs: number;
  readonly learningRate: number;
}

/**
 * The systems in the order of the plan, its grid after its rows.
 *
 * @throws CrepitusError `plan-systems` (usage) for a plan without any, or with one name twice
 */
export function systemsOf(plan: Plan): PlanSystem[] {
  const systems: PlanSystem[] = [];
  const trained = new Map<string, string>();
  for (const row of [...plan.systems, ...rowsOfGrid(plan)]) {
    const transferred = row.training !== 'scratch';
    const system = {
      name: row.name ?? nameOf(row),
      inputs: row.inputs,
      ratio: hasPhase(row.inputs) ? row.ratio : null,
      padding: row.padding,
      training: row.training,
      batchNorm: transferred ? row.batchNorm : null,
      epochs: row.epochs ?? plan.target.epochs,
      learningRate: row.learningRate ?? plan.target.learningRate,
    };
    if (systems.some(({ name }) => name === system.name)) {
      throw planSystems(
        `The plan ${plan.name} has two systems of the name ${system.name}; leave one out, or give it a name of its own.`,
      );
    }
    const what = whatIsTrained(system);
    systems.push({ ...system, sameAs: trained.get(what) ?? null });
    if (!trained.has(what)) trained.set(what, system.name);
  }
  if (systems.length === 0) {
    throw planSystems(`The plan ${plan.name} names no systems; give it some under "systems" or "grid".`);
  }
  return systems;
}

/**
 * Equal where two systems are the same by construction: with all batch normalisations updated, tuning from block K's
 * normalisation on is tuning from its convolution on.
 */
function whatIsTrained({ name: _, training, ...rest }: Omit<PlanSystem, 'sameAs'>): string {
  const start = rest.batchNorm === 'all' ? training.replace('bn', 'conv') : training;
  return JSON.stringify([start, rest]);
}

function rowsOfGrid({ grid }: Plan): PlannedRow[] {
  if (grid === null) return [];
  const rows: PlannedRow[] = [];
  for (const training of grid.training) {
    for (const batchNorm of training === 'scratch' ? (['all'] as const) : grid.batchNorm) {
      for (const padding of grid.padding) {
        for (const inputs of grid.inputs) {
          for (const ratio of hasPhase(inputs) ? grid.ratio : grid.ratio.slice(0, 1)) {
            rows.push({ inputs, ratio, padding, training, batchNorm });
          }
        }
      }
    }
  }
  return rows;
}

const shortNames: Readonly<Record<InputName, string>> = {
  cycle: 'Cyc',
  inspiration: 'Ins',
  expiration: 'Exp',
};

/** For instance `2ndConv_Cyc_Ins_Ratio_12_SamplePad` (table II); `_TunedBN` where only tuned batch norms are updated. */
function nameOf({ inputs, ratio, padding, training, batchNorm }: PlannedRow): string {
  const parts = [startName(training), ...inputs.map(input => shortNames[input])];
  if (hasPhase(inputs)) parts.push('Ratio', ratio.replace(':', ''));
  parts.push(padding === 'sample' ? 'SamplePad' : 'ZeroPad');
  if (training !== 'scratch' && batchNorm === 'tuned') parts.push('TunedBN');
  return parts.join('_');
}

function startName(training: PlannedRow['training']): string {
  if (training === 'scratch') return 'Scratch';
  const block = Number(training.slice(-1));
  const ordinal = `${block}${['th', 'st', 'nd', 'rd'][block] ?? 'th'}`;
  return ordinal + (training.startsWith('bn') ? 'BN' : 'Conv');
}

function hasPhase(inputs: readonly InputName[]): boolean {
  return inputs.some(input => input !== 'cycle');
}

function planSystems(sentence: string): CrepitusError {
  return new CrepitusError('plan-systems', sentence, { kind: 'usage' });
}
