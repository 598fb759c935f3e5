'use client';
import type { ChestSite } from '@crepitus/recordings';
/** Front and back of a chest, with something of the caller's at each site. On the front the patient's left is right. */
import type { ReactNode } from 'react';
import { useText } from '../text-context.tsx';
import { type ChestSide, sitesOn } from './places.ts';
import './chest.css';

export function Chest({ place }: { place: (site: ChestSite) => ReactNode }) {
  return (
    <div className="chest">
      <Side side="front" place={place} />
      <Side side="back" place={place} />
    </div>
  );
}

function Side({ side, place }: { side: ChestSide; place: (site: ChestSite) => ReactNode }) {
  const text = useText();
  return (
    <figure>
      <figcaption>{text.visit[side]}</figcaption>
      <div className="torso">
        <svg viewBox="0 0 100 108" aria-hidden="true">
          <path className="skin" d={outline} />
          <g className="lungs">
            {side === 'front' ? (
              <>
                <path d="M42 21 C35 23 28 34 26 48 C24.5 58 24.5 66 25.5 75 C33 71 41 68 46.5 66 L47 32 C47 25 45.5 21 42 21 Z" />
                <path d="M58 21 C65 23 72 34 74 48 C75.5 58 75.5 66 74.5 75 C69 72 64 70 60.5 69 C62 61 58 56 53.5 53 L53 32 C53 25 54.5 21 58 21 Z" />
              </>
            ) : (
              <>
                <path d={backLung} />
                <path d={backLung} transform="matrix(-1 0 0 1 100 0)" />
              </>
            )}
          </g>
          {side === 'front' ? (
            <path
              className="bone"
              d="M50 24 L50 63 M48.5 20 C42 16.5 33 17.5 24 21 M51.5 20 C58 16.5 67 17.5 76 21 M50 63 C44 68 36 74 31 84 M50 63 C56 68 64 74 69 84"
            />
          ) : (
            <>
              <path className="spine" d="M50 12 L50 104" />
              <path className="bone" d={shoulderBlade} />
              <path className="bone" d={shoulderBlade} transform="matrix(-1 0 0 1 100 0)" />
            </>
          )}
          <text x="7" y="9">
            {side === 'front' ? text.visit.right : text.visit.left}
          </text>
          <text x="93" y="9">
            {side === 'front' ? text.visit.left : text.visit.right}
          </text>
        </svg>
        {sitesOn[side].map(site => (
          <span key={site} className={`place site-${site}`}>
            {place(site)}
          </span>
        ))}
      </div>
    </figure>
  );
}

const outline =
  'M43 1 C43.5 8 42 12.5 36 15 C28 18 18 18.5 12.5 23 C8 27 6.5 35 5.5 45 L2.5 73 L12 74 L17.5 49 C18 45.5 19 44 20 43 ' +
  'C22 54 23 62 22.5 71 C22 83 20.5 92 19.5 107 L80.5 107 C79.5 92 78 83 77.5 71 C77 62 78 54 80 43 ' +
  'C81 44 82 45.5 82.5 49 L88 74 L97.5 73 L94.5 45 C93.5 35 92 27 87.5 23 C82 18.5 72 18 64 15 C58 12.5 56.5 8 57 1';
/** It reaches lower than on the front. */
const backLung =
  'M42 20 C34 22 28 34 26 50 C24.5 64 24.5 76 26 88 C33 91 41 90 46 86 L47 30 C47 24 45.5 20 42 20 Z';
const shoulderBlade = 'M25 26 L43 30 C42.5 38 40 47 36.5 53 C31 47 27 38 25 26 Z';
