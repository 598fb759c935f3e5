import { SpectrogramView } from './picture.js';
import { rowsPerSecond } from './settings.js';

const button = document.querySelector('button');
const status = document.querySelector('[role=status]');
const alert = document.querySelector('[role=alert]');
const meter = document.querySelector('meter');
const view = new SpectrogramView(document.querySelector('canvas'));

/** What runs while the microphone is on. */
let running;

button.addEventListener('click', async () => {
  button.disabled = true;
  if (running) stop();
  else await start();
  button.disabled = false;
});

async function start() {
  alert.textContent = '';
  status.textContent = 'Waiting for the microphone…';
  try {
    const stream = await openMicrophone();
    const context = new AudioContext();
    running = { stream, context };
    await context.audioWorklet.addModule('worklet.js');
    const node = new AudioWorkletNode(context, 'log-mel', { numberOfOutputs: 0 });
    node.onprocessorerror = () => fail('The audio worklet stopped; the console says why.');
    node.port.onmessage = ({ data }) => (data.error ? fail(data.error) : show(data, context.sampleRate));
    context.createMediaStreamSource(stream).connect(node);
    stream.getAudioTracks()[0].onended = () => fail('The microphone went away; connect it and start again.');
    await context.resume();
    view.clear();
    button.textContent = 'Stop';
  } catch (error) {
    fail(explain(error));
  }
}

function stop() {
  if (!running) return;
  const { stream, context } = running;
  for (const track of stream.getTracks()) track.stop();
  context.close();
  running = undefined;
  button.textContent = 'Start';
  meter.value = meter.min;
  status.textContent = `Stopped after ${seconds()} s.`;
}

function fail(sentence) {
  stop();
  status.textContent = '';
  alert.textContent = sentence;
}

function show({ rows, peak }, sampleRate) {
  if (!running) return; // a message that was under way when the microphone was stopped
  view.append(rows);
  meter.value = 20 * Math.log10(Math.max(peak, 1e-6));
  status.textContent = `Listening at ${sampleRate.toLocaleString('en')} Hz: ${seconds()} s.`;
}

function seconds() {
  return (view.rows / rowsPerSecond).toFixed(1);
}

async function openMicrophone() {
  if (!navigator.mediaDevices)
    throw new Error('A microphone needs https:// or localhost; open this page there.');
  // The browser's own processing is made for calls: it removes what is not speech.
  const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  return navigator.mediaDevices.getUserMedia({ audio });
}

function explain(error) {
  switch (error.name) {
    case 'NotAllowedError':
      return 'The microphone is not allowed; allow it for this page in the address bar and start again.';
    case 'NotFoundError':
      return 'There is no microphone; connect one and start again.';
    case 'NotReadableError':
      return 'The microphone is busy or broken; close other programs that use it and start again.';
    default:
      return error.message;
  }
}
