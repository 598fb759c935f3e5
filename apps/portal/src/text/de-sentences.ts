/** Deutsch: sentences of programs that have values in them, see `translated`. */
import { numberIn } from './numbers.ts';
import type { Translations } from './translated.ts';

/** Uploads have no name of their own; files on the page without an account have theirs. */
const named = (name: string) => (name === 'The recording' ? 'Die Aufnahme' : name);
const decimal = numberIn('de');

const otherFiles: Readonly<Record<string, string>> = {
  'an Ogg file': 'eine Ogg-Datei',
  'an AIFF file': 'eine AIFF-Datei',
  'an MP4 or M4A file': 'eine MP4- oder M4A-Datei',
  'a Windows Media file': 'eine Windows-Media-Datei',
  'an AMR file': 'eine AMR-Datei',
  'a Core Audio file': 'eine Core-Audio-Datei',
  'a big-endian WAV file': 'eine WAV-Datei in umgekehrter Bytefolge',
  'an AVI film': 'ein AVI-Film',
  'a ZIP archive': 'ein ZIP-Archiv',
  'a gzip archive': 'ein gzip-Archiv',
  'a PDF': 'ein PDF',
  'a pointer of Git LFS, not the recording itself': 'ein Verweis von Git LFS, nicht die Aufnahme selbst',
  'a web page or XML text': 'eine Webseite oder XML-Text',
  'JSON text': 'JSON-Text',
};

const again = 'kopieren oder exportieren Sie sie noch einmal.';

/** Why a file is not taken: of decoding (@crepitus/recordings) and of taking in (@crepitus/analyses). */
const ofFiles: Translations = [
  [
    /^(.+) is (.+), which is not read; save it as WAV, FLAC or MP3\.$/,
    (name, what) =>
      `${named(name!)} ist ${otherFiles[what!] ?? what}; das wird nicht gelesen. Speichern Sie sie als WAV, FLAC oder MP3.`,
  ],
  [
    /^(.+) is no WAV, FLAC or MP3 file; /,
    name => `${named(name!)} ist keine Datei in WAV, FLAC oder MP3; prüfen Sie, ob es eine Aufnahme ist.`,
  ],
  [
    /^(.+) ends before its first sample, at byte (\d+); /,
    (name, byte) => `${named(name!)} endet vor dem ersten Messwert, bei Byte ${byte}; ${again}`,
  ],
  [
    /^(.+) ends at byte (\d+) before its format is stated; /,
    (name, byte) => `${named(name!)} endet bei Byte ${byte}, bevor ihr Format genannt ist; ${again}`,
  ],
  [
    /^(.+) has a format chunk of (\d+) bytes where at least (\d+) are needed; /,
    (name, bytes, least) =>
      `${named(name!)} hat einen Formatblock von ${bytes} Bytes, wo mindestens ${least} nötig sind; exportieren Sie sie noch einmal.`,
  ],
  [
    /^(.+) is a WAV file of (.+), which is not read; /,
    (name, encoding) =>
      `${named(name!)} ist eine WAV-Datei in ${encodingText(encoding!)}; das wird nicht gelesen. Speichern Sie sie als PCM mit 16 oder 24 Bit.`,
  ],
  [
    /^(.+) is a FLAC file of (\d+) bits, which is not read; /,
    (name, bits) =>
      `${named(name!)} ist eine FLAC-Datei mit ${bits} Bit; das wird nicht gelesen. Speichern Sie sie mit 16 oder 24 Bit.`,
  ],
  [
    /^(.+) holds (\S+) at sample (\d+) \(([\d.]+) s\) of channel (\d+); /,
    (name, value, sample, seconds, channel) =>
      `${named(name!)} enthält bei Messwert ${sample} (${decimal(seconds!)} s) in Kanal ${Number(channel) + 1} keine Zahl (${value}); exportieren Sie sie noch einmal aus ihrer Quelle.`,
  ],
  [
    /^(.+) (?:has|declares) (\d+) channels, more than the (\d+) that are (?:taken|read); /,
    (name, channels, most) =>
      `${named(name!)} hat ${channels} Kanäle, mehr als die ${most}, die genommen werden; teilen Sie sie.`,
  ],
  [
    /^(.+) declares 0 channels; /,
    name => `${named(name!)} nennt 0 Kanäle; exportieren Sie sie noch einmal aus ihrer Quelle.`,
  ],
  [
    /^(.+) declares a sample rate of 0 Hz; /,
    name =>
      `${named(name!)} nennt eine Abtastrate von 0 Hz; exportieren Sie sie noch einmal aus ihrer Quelle.`,
  ],
  [
    /^(.+) declares (\d+) Hz, outside (\d+) to (\d+) Hz; /,
    (name, hz, least, most) =>
      `${named(name!)} nennt eine Abtastrate von ${hz} Hz, nicht zwischen ${least} und ${most} Hz; berichtigen Sie ihren Kopf oder exportieren Sie sie noch einmal.`,
  ],
  [
    /^(.+) is longer than (\d+) minutes; /,
    (name, minutes) => `${named(name!)} ist länger als ${minutes} Minuten; teilen Sie sie.`,
  ],
  [
    /^(.+) has more than (\d+) million samples over all channels; /,
    (name, millions) =>
      `${named(name!)} hat mehr als ${millions} Millionen Messwerte in allen Kanälen; teilen Sie sie oder speichern Sie sie mit niedrigerer Abtastrate.`,
  ],
  [
    /^(.+) holds (\d+) s of (\d+) channel\(s\), more than is read at once \((\d+) h and /,
    (name, seconds, channels, hours) =>
      `${named(name!)} enthält ${seconds} s in ${channels} ${channels === '1' ? 'Kanal' : 'Kanälen'}, mehr als auf einmal gelesen wird (${hours} h); teilen Sie sie.`,
  ],
  [
    /^(.+) is damaged in (\d+) place\(s\): only (\d+) of (\d+) samples can be read; /,
    (name, places, read, all) =>
      `${named(name!)} ist an ${places} ${places === '1' ? 'Stelle' : 'Stellen'} beschädigt: Nur ${read} von ${all} Messwerten sind lesbar; kopieren Sie sie noch einmal.`,
  ],
  [
    /^(.+) unfolds from (\d+) bytes to (\d+) samples, /,
    (name, bytes, samples) =>
      `${named(name!)} entfaltet sich von ${bytes} Bytes zu ${samples} Messwerten, was kein Ton tut; exportieren Sie sie noch einmal.`,
  ],
  [
    /^(.+) (?:holds no FLAC frame whose checksum is right|does not begin with FLAC's stream information); /,
    name => `${named(name!)} ist als FLAC nicht lesbar; ${again}`,
  ],
  [
    /^(.+) cannot be decoded \(.*\); export it again\.$/,
    name => `${named(name!)} lässt sich nicht entschlüsseln; exportieren Sie sie noch einmal.`,
  ],
  [
    /^(.+) (?:cannot be decoded as MP3|decodes to samples that are no numbers); /,
    name => `${named(name!)} lässt sich als MP3 nicht entschlüsseln; exportieren Sie sie noch einmal.`,
  ],
  [
    /^(.+) ends before its first sample(?: \(.*\))?; /,
    name => `${named(name!)} endet vor dem ersten Messwert; ${again}`,
  ],
  [
    /^(.+) holds no whole MP3 frame in (\d+) bytes; /,
    (name, bytes) => `${named(name!)} enthält in ${bytes} Bytes kein ganzes Stück MP3; ${again}`,
  ],
];

/** `7-bit PCM`, `A-law`, `format tag 4` */
function encodingText(encoding: string): string {
  const [, bits, kind] = /^(\d+)-bit (PCM|float)$/.exec(encoding) ?? [];
  if (bits !== undefined) return `${kind === 'PCM' ? 'PCM' : 'Gleitkommazahlen'} mit ${bits} Bit`;
  return encoding.replace(/^format tag /, 'der Kodierung ').replace(/^(?=[A-Za-z].*law)/, 'der Kodierung ');
}

/** What bundles say of their threshold and of their counted cases (packages/lab/src/train). */
const ofBundles: Translations = [
  [
    /^the highest F on (\d+) cycles of (\d+) validation subjects$/,
    (cycles, subjects) => `dem höchsten F auf ${cycles} Atemzyklen von ${subjects} Personen der Validierung`,
  ],
  [
    /^the highest F on the (\d+) validation cycles of (\d+) folds, each scored by the network of its fold alone(, with measures of the sound that did not learn from it)?$/,
    (cycles, folds, measures) =>
      `dem höchsten F auf den ${cycles} Atemzyklen der Validierung in ${folds} Teilungen, jeder bewertet vom Netz seiner Teilung allein${measures === undefined ? '' : ', mit Messgrößen des Klangs, die nicht aus ihm gelernt hatten'}`,
  ],
  [
    /^validation subjects, who chose the threshold( and the epoch)? and taught nothing$/,
    epoch =>
      `Personen der Validierung, an denen die Schwelle${epoch === undefined ? '' : ' und die Epoche'} gewählt wurde und aus denen nichts gelernt wurde`,
  ],
  [
    /^subjects of the test part of fold (\d+), who chose nothing$/,
    fold => `Personen des Testteils von Teilung ${fold}, an denen nichts gewählt wurde`,
  ],
  [
    /^each subject scored by the one network of the (\d+)(, and by measures of the sound,)? that saw it neither in training nor in validation$/,
    (folds, measures) =>
      measures === undefined
        ? `jede Person bewertet von dem einen der ${folds} Netze, das sie weder beim Lernen noch bei der Validierung sah`
        : `jede Person bewertet von dem einen der ${folds} Netze und von Messgrößen des Klangs, die sie weder beim Lernen noch bei der Validierung sahen`,
  ],
];

export const sentences: Translations = [...ofFiles, ...ofBundles];
