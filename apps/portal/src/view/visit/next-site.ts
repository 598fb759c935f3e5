/** The order in which a chest is listened to, for the walk from one site to the next. */
import type { ChestSite } from '@crepitus/recordings';

/** Side against side, from top to bottom; a walk stays within its own. */
const walks: readonly (readonly ChestSite[])[] = [
  ['Plu', 'Pru', 'Plm', 'Prm', 'Plb', 'Prb'],
  ['Tc', 'Al', 'Ar', 'Ll', 'Lr', 'Pl', 'Pr'],
];

/**
 * The next site of the same walk that has no recording yet, beginning anew at its end.
 *
 * @returns null where all of the others have one
 */
export function nextSite(site: ChestSite, recorded: ReadonlySet<string | null>): ChestSite | null {
  const walk = walks.find(each => each.includes(site))!;
  const at = walk.indexOf(site);
  return [...walk.slice(at + 1), ...walk.slice(0, at)].find(each => !recorded.has(each)) ?? null;
}
