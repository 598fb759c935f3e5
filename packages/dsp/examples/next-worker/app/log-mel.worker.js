import { makePicture } from '../lib/front-end.js';

self.onmessage = ({ data: { samples, sampleRate } }) => {
  try {
    const start = performance.now();
    const picture = makePicture(samples, sampleRate);
    const milliseconds = performance.now() - start;
    self.postMessage({ picture, milliseconds }, [picture.values.buffer]);
  } catch (error) {
    self.postMessage({ error: error.message });
  }
};
