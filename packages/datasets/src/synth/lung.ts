/** The crackles of one chest: airways that open late, each at its own lung volume in every breath. */
import { type RandomStream, randomStream } from '@crepitus/dsp';
import type { Breath } from './breathing.ts';
import type { CrackleKind, CrackleShape } from './crackle.ts';
import { between, poisson } from './draw.ts';

/** A crackle at its source. */
export interface ChestCrackle {
  /** Onset, seconds from the start of the recording. */
  readonly time: number;
  readonly kind: CrackleKind;
  /** `incidental`: one of the few coarse ones that healthy chests have too; it makes no cycle a crackle cycle. */
  readonly origin: 'disease' | 'incidental';
  readonly shape: CrackleShape;
  /** Centimetres, as those of a sensor. */
  readonly x: number;
  readonly y: number;
  /** Peak over the root mean square of breath sound at 1 L/s, in dB, heard right above it. */
  readonly level: number;
  /** In expirations the first deflection goes the other way. */
  readonly expiratory: boolean;
}

export interface DiseaseOptions {
  readonly kind: CrackleKind;
  /** 0 to 1: how many airways crackle, how high up they lie, and how loud they are. */
  readonly severity: number;
  /** Around this place and not at both bases (a chest that is listened to at one place only). */
  readonly near?: { readonly x: number; readonly y: number };
}

/** An airway that snaps open. */
export interface Airway {
  readonly kind: CrackleKind;
  readonly x: number;
  readonly y: number;
  /** Share of the inspired volume at which it opens. */
  readonly volume: number;
  /** In how many breaths it is heard. */
  readonly probability: number;
  readonly level: number;
  readonly shape: CrackleShape;
}

/**
 * Airways of a diseased lung. Their number rises with severity, and so does their reach: in fibrosis they lie at the
 * bases, fewer with each centimetre above (audible per inspiration: 3 to 10 at the bases on a subject's average, up to 18
 * in one; 0 to 3 at the top).
 * Fine ones open between mid and full inspiration with 2CD from 3 to 7.5 ms, so that some have energy above 800 Hz as
 * real ones do; coarse ones early to mid with 2CD from 12.5 to 15.5 ms.
 */
export function drawAirways(seed: number, o: DiseaseOptions): Airway[] {
  const stream = randomStream(seed, 'airways');
  const count = Math.round((o.near ? 10 : 22) + (o.near ? 14 : 32) * o.severity);
  const reach = 4 + 6 * o.severity;
  const fine = o.kind === 'fine';
  return Array.from({ length: count }, () => {
    const side = stream.uniform() < 0.5 ? -1 : 1;
    const place = { across: between(stream, 2, 11), above: -Math.log(1 - stream.uniform()) * reach - 1.5 };
    const twoCycles = fine ? between(stream, 0.003, 0.0075) : between(stream, 0.0125, 0.0155);
    const late = fine ? 0.3 + 0.68 * Math.sqrt(stream.uniform()) : between(stream, 0.02, 0.6);
    return {
      kind: o.kind,
      x: o.near ? o.near.x + between(stream, -4, 4) : side * place.across,
      y: o.near ? o.near.y + between(stream, -4, 4) : Math.min(24, place.above),
      volume: late,
      probability: between(stream, 0.4, 0.95),
      level: crackleLevel + 4 * (o.severity - 0.5) + 4 * stream.normal(),
      shape: { twoCycles, initialDeflection: twoCycles * between(stream, 0.12, 0.15) },
    };
  });
}
const crackleLevel = 18.5;

/**
 * What the airways do in the breaths of a recording, sorted by time. From breath to breath an airway jitters by 2 % of the
 * volume, its pitch by 7 % (Vyshedskiy 2011); within one the pitch rises by a tenth from mid to late inspiration. Slow
 * breaths crackle more than fast ones. A few fine ones come again in expiration, mid to late.
 */
export function openAirways(
  stream: RandomStream,
  airways: readonly Airway[],
  breaths: readonly Breath[],
  flowRate: number,
): ChestCrackle[] {
  const crackles: ChestCrackle[] = [];
  for (const breath of breaths) {
    // About a quarter around the mean, the same for all airways of a breath.
    const ease = (1 + 0.25 * stream.normal()) / flowRate ** 0.3;
    for (const airway of airways) {
      const isHeard = stream.uniform() < airway.probability * ease;
      const isExpiratory = stream.uniform() < (airway.kind === 'fine' ? 0.04 : 0.1);
      const volume = Math.min(0.99, Math.max(0.01, airway.volume + 0.02 * stream.normal()));
      const pitch = (1 + 0.07 * Math.max(-2, Math.min(2, stream.normal()))) * (0.95 + 0.1 * volume);
      const level = airway.level + 1.5 * stream.normal() + 16 * Math.log10(flowRate);
      if (!isHeard) continue;
      const shape = {
        twoCycles: airway.shape.twoCycles / pitch,
        initialDeflection: airway.shape.initialDeflection / pitch,
      };
      const at = { kind: airway.kind, origin: 'disease' as const, x: airway.x, y: airway.y, shape };
      const opens = timeOfVolume(volume, breath.start, breath.inspirationEnd - shape.twoCycles);
      crackles.push({ ...at, time: opens, level, expiratory: false });
      if (isExpiratory) {
        const { inspirationEnd, expirationEnd } = breath;
        const closes = inspirationEnd + (expirationEnd - inspirationEnd) * (0.4 + 0.5 * (1 - volume));
        crackles.push({ ...at, time: closes, level: level - 4, expiratory: true });
      }
    }
  }
  return crackles.sort((a, b) => a.time - b.time);
}

/** When a half sine of flow has moved a share of its volume. */
function timeOfVolume(share: number, start: number, end: number): number {
  return start + ((end - start) * Math.acos(1 - 2 * share)) / Math.PI;
}

/**
 * The few coarse crackles that everybody has at slightly deep breathing (100 healthy adults: 2CD 13.9 ms, SD 2.3), anywhere
 * in the lower chest, most of them early in inspiration.
 */
export function incidentalCrackles(
  stream: RandomStream,
  breaths: readonly Breath[],
  perBreath: number,
): ChestCrackle[] {
  const crackles: ChestCrackle[] = [];
  for (const breath of breaths) {
    for (let left = poisson(stream, perBreath); left > 0; left--) {
      const expiratory = stream.uniform() < 0.25;
      const from = expiratory ? breath.inspirationEnd : breath.start;
      const to = expiratory ? breath.expirationEnd : breath.inspirationEnd;
      const twoCycles = Math.min(0.018, Math.max(0.0105, 0.0139 + 0.0023 * stream.normal()));
      crackles.push({
        time: from + (to - from) * between(stream, 0.05, 0.7),
        kind: 'coarse',
        origin: 'incidental',
        x: between(stream, -11, 11),
        y: between(stream, -2, 16),
        level: crackleLevel + 4 * stream.normal(),
        shape: { twoCycles, initialDeflection: twoCycles * between(stream, 0.13, 0.18) },
        expiratory,
      });
    }
  }
  return crackles.sort((a, b) => a.time - b.time);
}
