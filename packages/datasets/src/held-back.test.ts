import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { realFolder } from '../test/generated-folders.ts';
import { subjectGroups } from './folds.ts';
import { drawHeldBack, heldBack, isHeldBack } from './held-back.ts';
import { readDataset } from './read-dataset.ts';
import { selectSplit } from './splits.ts';

describe('the held-back list', () => {
  it('stays what was committed before anything was measured', () => {
    expect(heldBack).toEqual({
      icbhi: '103 111 123 139 148 151 152 159 164 169 174 175 202 208 214 222 223'.split(' '),
      sprsound: 'inter',
    });
  });

  it('knows ICBHI and SPRSound subjects apart, and holds back none of a user', () => {
    expect(isHeldBack('icbhi', '139')).toBe(true);
    expect(isHeldBack('icbhi', '218')).toBe(false);
    expect(isHeldBack('sprsound', '139')).toBe(false);
    expect(isHeldBack('sprsound', '40512331')).toBe(true);
    expect(isHeldBack('manifest', '139')).toBe(false);
  });

  it('is drawn from the subjects in whatever order, and never draws subject 218', () => {
    const subjects = Array.from({ length: 40 }, (_, i) => String(200 + i));
    expect(drawHeldBack('crackle', [...subjects].reverse())).toEqual(drawHeldBack('crackle', subjects));
    expect(drawHeldBack('crackle', subjects)).toHaveLength(10);
    expect(drawHeldBack('crackle', ['218', '219'])).not.toContain('218');
  });

  it.skipIf(!existsSync(realFolder('icbhi')))(
    'follows from its rule and the ICBHI recordings with audio',
    async () => {
      const groups = [...subjectGroups(await readDataset(`icbhi:${realFolder('icbhi')}`))];
      const drawn = (['crackle', 'other'] as const).map(group =>
        drawHeldBack(
          group,
          groups.filter(([, of]) => of === group).map(([subject]) => subject),
        ),
      );
      expect(drawn.map(subjects => subjects.length)).toEqual([8, 9]);
      expect(drawn.flat().sort()).toEqual(heldBack.icbhi);
    },
  );

  it.skipIf(!existsSync(realFolder('sprsound')))(
    'names all subjects of the SPRSound part inter and no other',
    async () => {
      const dataset = await readDataset(`sprsound:${realFolder('sprsound')}`);
      const inter = selectSplit(dataset, 'inter').dataset.recordings;
      expect(selectSplit(dataset, 'held-back').dataset.recordings).toEqual(inter);
      expect(inter.every(({ subject }) => isHeldBack('sprsound', subject))).toBe(true);
      const development = selectSplit(dataset, 'development').dataset.recordings;
      expect(development.some(({ subject }) => isHeldBack('sprsound', subject))).toBe(false);
    },
  );
});
