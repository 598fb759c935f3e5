import { crackleClasses, crackleScore, type Network } from '@crepitus/model';
import { type CycleLabel, classesOf, classIndex, type Task } from '@crepitus/recordings';
import * as tf from '@tensorflow/tfjs';
import { areaUnderRoc } from '../evaluate/auc.ts';
import { focalLossOf } from '../focal-loss.ts';
import type { BatchMaker } from './batches.ts';
import type { ValidationFigures } from './run-record.ts';
import type { DataCycle } from './training-data.ts';

const inferenceBatch = 32;

/** Class probabilities of each cycle, with the moving statistics. Lets other work run between batches. */
export async function predict(
  network: Network,
  batches: BatchMaker,
  cycles: readonly DataCycle[],
): Promise<number[][]> {
  const probabilities: number[][] = [];
  for (let start = 0; start < cycles.length; start += inferenceBatch) {
    const part = cycles.slice(start, start + inferenceBatch).map(cycle => ({ cycle }));
    const tensor = tf.tidy(() => tf.softmax(network.forward(batches.pictures(part))));
    const values = await tensor.data();
    tensor.dispose();
    for (let row = 0; row < part.length; row++) {
      probabilities.push([...values.subarray(row * batches.classes, (row + 1) * batches.classes)]);
    }
    await new Promise(setImmediate);
  }
  return probabilities;
}

/** Figures of predictions on cycles that all have a class of the task. */
export function validationFigures(
  task: Task,
  cycles: readonly DataCycle[],
  probabilities: readonly (readonly number[])[],
): ValidationFigures {
  const classes = cycles.map(({ cycle }) => classIndex(task, cycle.label) as number);
  const right = probabilities.filter((row, i) => row.indexOf(Math.max(...row)) === classes[i]).length;
  const { scores, positives } = crackleScores(task, cycles, probabilities);
  return {
    cycles: cycles.length,
    loss: focalLossOf(probabilities, classes),
    accuracy: right / cycles.length,
    auc: areaUnderRoc(scores, positives),
  };
}

/** Whether a label of the task is a crackle, read against normal; null for what is neither, or both crackle and wheeze. */
export function crackleAgainstNormal(task: Task, label: CycleLabel): boolean | null {
  const index = classIndex(task, label) === null ? null : classIndex('crackle-vs-normal', label);
  return index === null ? null : index === 1;
}

/** Scores of the cycles that are normal or crackle (of several classes: read as crackle against normal), and which are crackles. */
export function crackleScores(
  task: Task,
  cycles: readonly DataCycle[],
  probabilities: readonly (readonly number[])[],
): { scores: number[]; positives: boolean[] } {
  const meaning = crackleClasses(classesOf(task));
  const scores: number[] = [];
  const positives: boolean[] = [];
  cycles.forEach(({ cycle }, i) => {
    const isCrackle = crackleAgainstNormal(task, cycle.label);
    if (isCrackle === null) return;
    scores.push(crackleScore(probabilities[i]!, meaning));
    positives.push(isCrackle);
  });
  return { scores, positives };
}
