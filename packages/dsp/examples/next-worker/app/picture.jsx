'use client';

import { useEffect, useRef } from 'react';
import { pixelsOf } from '../lib/picture.js';

export function Picture({ picture, label }) {
  const canvas = useRef(null);
  useEffect(() => {
    const image = new ImageData(pixelsOf(picture), picture.rows, picture.bands);
    canvas.current.getContext('2d').putImageData(image, 0, 0);
  }, [picture]);
  return <canvas ref={canvas} role="img" aria-label={label} width={picture.rows} height={picture.bands} />;
}
