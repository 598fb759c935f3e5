/** The classification tasks: which classes each has, and which label of a cycle is which class (design section 5). */
import type { CycleLabel } from './recording.ts';

export const taskNames = [
  'four-class',
  'crackle-vs-normal',
  'fine-crackle-vs-normal',
  'sprsound-seven',
] as const;
export type Task = (typeof taskNames)[number];

const classLabels: Readonly<Record<Task, Readonly<Record<string, readonly CycleLabel[]>>>> = {
  'four-class': {
    normal: ['normal'],
    crackle: ['crackle', 'fine-crackle', 'coarse-crackle'],
    wheeze: ['wheeze', 'rhonchus', 'stridor'],
    both: ['both'],
  },
  'crackle-vs-normal': {
    normal: ['normal'],
    crackle: ['crackle', 'fine-crackle', 'coarse-crackle'],
  },
  'fine-crackle-vs-normal': {
    normal: ['normal'],
    crackle: ['fine-crackle'],
  },
  // Task 1-2 of the SPRSound challenge: every kind of event for itself. ICBHI's crackles, of no kind, are no part of it.
  'sprsound-seven': {
    normal: ['normal'],
    'fine-crackle': ['fine-crackle'],
    'coarse-crackle': ['coarse-crackle'],
    wheeze: ['wheeze'],
    rhonchus: ['rhonchus'],
    stridor: ['stridor'],
    both: ['both'],
  },
};

/**
 * Classes of a task in the order of the network's outputs.
 *
 * @example classesOf('crackle-vs-normal') // ['normal', 'crackle']
 */
export function classesOf(task: Task): readonly string[] {
  return Object.keys(classLabels[task]);
}

/**
 * The class of a label in a task, as an index into {@link classesOf}; null where the label is no part of the task: it is
 * then left out of training and of the figures, and reported apart.
 */
export function classIndex(task: Task, label: CycleLabel): number | null {
  const index = Object.values(classLabels[task]).findIndex(labels => labels.includes(label));
  return index < 0 ? null : index;
}

/**
 * Whether a label, or a class of a task, holds crackles, alone or with a wheeze. A label that does puts its subject among
 * the crackle-bearing.
 */
export function holdsCrackle(name: string): boolean {
  return name === 'both' || classIndex('crackle-vs-normal', name as CycleLabel) === 1;
}
