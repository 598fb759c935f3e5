/** Where a stethoscope is put: ICBHI's seven sites, and the usual finer ones of the back for fibrosis. */
export const chestSites = [
  'Tc',
  'Al',
  'Ar',
  'Ll',
  'Lr',
  'Pl',
  'Pr',
  'Plu',
  'Pru',
  'Plm',
  'Prm',
  'Plb',
  'Prb',
] as const;
export type ChestSite = (typeof chestSites)[number];
