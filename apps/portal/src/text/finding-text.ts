/** What is wrong with a recording or a cycle, in the reader's language. */
import { sentenceOf, type Text } from './index.ts';

/**
 * Findings hold a sentence for programs, with channels counted from 0 as in files. Pages count them from 1; where the
 * catalogue has a sentence of its own, the figure with its unit is taken over into it.
 */
export function findingText(
  text: Text,
  { code, message }: { readonly code: string; readonly message: string },
): string {
  const [, channel, sentence = message] = /^Channel (\d+): (.*)$/s.exec(message) ?? [];
  const withFigure = Object.hasOwn(text.findingsWithFigure, code) ? text.findingsWithFigure[code] : undefined;
  const [figure] = /-?\d+(\.\d+)? (%|Hz|s|dB|times)(?![\w%])/.exec(sentence) ?? [];
  const said =
    withFigure !== undefined && figure !== undefined
      ? withFigure(text.decimal(figure))
      : sentenceOf(text.findings, { code, message: sentence });
  return channel === undefined ? said : `${text.recording.channel(Number(channel))}: ${said}`;
}
