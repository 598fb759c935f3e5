'use client';
/** How often a cycle called crackle has crackles: stands once on each page where such cycles are counted or coloured. */
import type { CallingDetector } from '@crepitus/analyses';
import { dataNameOf } from './sound/detector-text.ts';
import { useText } from './text-context.tsx';

/** @param detectors those that scored what the page shows, also several times */
export function CalledNote({ detectors }: { detectors: readonly CallingDetector[] }) {
  const text = useText();
  const each = [...new Map(detectors.map(detector => [detector.bundle.sha256, detector])).values()];
  return each.map(({ bundle, called }) => {
    const said =
      called.length === 0
        ? text.called.unknown
        : called.map(cases => text.called.right(dataNameOf(cases.dataset), cases)).join(' ');
    return (
      <p key={bundle.sha256} className="called-note">
        {each.length === 1
          ? said
          : text.called.byDetector(text.recording.detector(bundle.id, bundle.version), said)}
      </p>
    );
  });
}
