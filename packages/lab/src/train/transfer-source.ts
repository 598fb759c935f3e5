import { isDeepStrictEqual } from 'node:util';
import { CrepitusError } from '@crepitus/dsp';
import type { Bundle, NamedArray } from '@crepitus/model';
import { openBundle } from '@crepitus/model/node';
import type { RunChoices, RunConfig } from './run-config.ts';

/**
 * The choices of a target run that its source bundle makes: which bundle exactly, the front end, the blocks.
 *
 * @param path a bundle's folder, or the name of a shipped one
 * @param member which of its networks is the source, from 0
 */
export async function transferFrom(
  path: string,
  member = 0,
): Promise<Required<Pick<RunChoices, 'transfer' | 'frontEnd' | 'blocks'>>> {
  const { sha256, manifest } = await openBundle(path);
  return { transfer: { path, sha256, member }, frontEnd: manifest.frontEnd, blocks: manifest.network.blocks };
}

/** The source bundle of a run, when it is still the one that the run was begun with, and the member to transfer. */
export async function openSource({
  transfer,
  frontEnd,
}: RunConfig): Promise<{ bundle: Bundle; member: readonly NamedArray[] } | null> {
  if (transfer === null) return null;
  const { path, sha256, member } = transfer;
  const bundle = await openBundle(path);
  if (bundle.sha256 !== sha256) {
    throw new CrepitusError(
      'transfer-changed',
      `The source bundle ${path} is another one than the run was begun with; bring the old one back or begin another run.`,
      { kind: 'refused' },
    );
  }
  if (!isDeepStrictEqual(bundle.manifest.frontEnd, frontEnd)) {
    throw new CrepitusError(
      'transfer-front-end',
      `The source bundle ${path} has another front end (${bundle.manifest.frontEnd.name}) than the run (${frontEnd.name}); a transferred run has its source's.`,
      { kind: 'usage' },
    );
  }
  if (bundle.manifest.inputs.length > 1) {
    throw new CrepitusError(
      'transfer-source',
      `The bundle ${path} has several inputs and cannot be the source of a transfer; choose a single-input one.`,
      { kind: 'usage' },
    );
  }
  const weights = bundle.members[member];
  if (weights === undefined) {
    throw new CrepitusError(
      'transfer-member',
      `The source bundle ${path} has ${bundle.members.length} members, so no member ${member}; count from 0.`,
      { kind: 'usage' },
    );
  }
  return { bundle, member: weights };
}
