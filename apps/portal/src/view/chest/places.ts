/** Which picture of the chest shows a site; where on it stands in chest.css. */
import { type ChestSite, chestSites } from '@crepitus/recordings';

export type ChestSide = 'front' | 'back';

/** `Ll` and `Lr` lie in the middle axillary line, the edge of the picture from the front. */
const onFront: readonly ChestSite[] = ['Tc', 'Ar', 'Al', 'Lr', 'Ll'];

/** From top to bottom, as a patient is listened to. */
const onBack: readonly ChestSite[] = ['Plu', 'Pru', 'Plm', 'Prm', 'Pl', 'Pr', 'Plb', 'Prb'];

export const sitesOn: Readonly<Record<ChestSide, readonly ChestSite[]>> = { front: onFront, back: onBack };

export function isChestSite(site: string | null | undefined): site is ChestSite {
  return (chestSites as readonly (string | null | undefined)[]).includes(site);
}
