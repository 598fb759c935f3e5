'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { askBytes, type Refusal, refusalText } from '../api-client.ts';
import { useText } from '../text-context.tsx';
import type { HeardPiece, PieceToHear, Sound, SoundReply, SoundRequest } from './sound.worker.ts';

/** The bytes of a stored recording, by the address of its sound; or why they do not come. */
export function useStoredSound(address: string): [Uint8Array | null, string | null] {
  const [bytes, setBytes] = useState<Uint8Array | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const text = useText();
  useEffect(() => {
    const gone = new AbortController();
    void askBytes(address, gone.signal).then(reply => {
      if (reply?.ok === true) setBytes(reply.value);
      else if (reply !== null) setRefusal(reply.refusal);
    });
    return () => gone.abort();
  }, [address]);
  return [bytes, refusal && refusalText(text, refusal)];
}

export interface SoundInWorker {
  /** Its pictures come after its waveform. */
  readonly sound: Sound | null;
  readonly problem: string | null;
  /** @throws Error what the worker says is wrong */
  readonly hear: (piece: Omit<PieceToHear, 'channel'>) => Promise<HeardPiece>;
}

/**
 * The channel's samples and pictures, computed off the page's thread; or why there are none.
 *
 * @param inParts of a long recording the beginning first (`Wave.isWhole`)
 */
export function useSound(
  bytes: Uint8Array | null,
  channels: number,
  channel: number,
  frontEnd: (SoundRequest & { type: 'show' })['frontEnd'],
  inParts = false,
): SoundInWorker {
  const [sound, setSound] = useState<Sound | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const worker = useRef<SoundWorker | null>(null);
  const frontEndText = JSON.stringify(frontEnd);
  useEffect(() => {
    if (bytes === null) return;
    const taken = takeWorker(bytes, channels);
    worker.current = taken;
    let isFirst = true;
    const what = { channel, frontEnd: JSON.parse(frontEndText), inParts };
    const forget = taken.show(what, reply => {
      if ('problem' in reply) setProblem(reply.problem);
      else if ('wave' in reply) {
        // Pictures of the part before stay until there are new ones.
        const isNew = isFirst;
        isFirst = false;
        setSound(before => ({ ...reply.wave, pictures: isNew ? null : (before?.pictures ?? null) }));
      } else if ('pictures' in reply) setSound(before => before && { ...before, pictures: reply.pictures });
    });
    return () => {
      forget();
      worker.current = null;
      giveBack(bytes);
    };
  }, [bytes, channels, channel, frontEndText, inParts]);
  const hear = useCallback(
    async (piece: Omit<PieceToHear, 'channel'>) => {
      if (worker.current === null) throw new Error('The sound is not there yet.');
      return worker.current.hear({ ...piece, channel });
    },
    [channel],
  );
  return { sound, problem, hear };
}

/** A worker that holds one recording; its channels are asked for one after the other. */
class SoundWorker {
  readonly #worker: Worker;
  readonly #asked = new Map<number, (reply: SoundReply) => void>();
  #next = 0;
  /** What was wrong with the recording itself. */
  #problem: string | null = null;

  constructor(bytes: Uint8Array, channels: number) {
    this.#worker = new Worker(new URL('./sound.worker.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }: MessageEvent<SoundReply>) => {
      if (data.id === null) this.#fail((data as { problem: string }).problem);
      else this.#asked.get(data.id)?.(data);
    };
    this.#worker.onerror = event => this.#fail(event.message);
    this.#post({ type: 'open', bytes, channels });
  }

  /** @returns forgets what was asked for */
  show(
    what: Pick<SoundRequest & { type: 'show' }, 'channel' | 'frontEnd' | 'inParts'>,
    onReply: (reply: SoundReply) => void,
  ): () => void {
    const id = this.#ask(onReply);
    this.#post({ type: 'show', id, ...what });
    return () => {
      this.#asked.delete(id);
      this.#post({ type: 'forget', id });
    };
  }

  hear(piece: PieceToHear): Promise<HeardPiece> {
    return new Promise((resolve, reject) => {
      const id = this.#ask(reply => {
        this.#asked.delete(id);
        if ('heard' in reply) resolve(reply.heard);
        else reject(new Error('problem' in reply ? reply.problem : 'no sound'));
      });
      this.#post({ type: 'hear', id, piece });
    });
  }

  end(): void {
    this.#worker.terminate();
  }

  #ask(onReply: (reply: SoundReply) => void): number {
    const id = this.#next++;
    this.#asked.set(id, onReply);
    if (this.#problem !== null) onReply({ id, problem: this.#problem });
    return id;
  }

  #post(request: SoundRequest): void {
    this.#worker.postMessage(request);
  }

  #fail(problem: string): void {
    this.#problem = problem;
    for (const [id, onReply] of this.#asked) onReply({ id, problem });
  }
}

/** By the recording's bytes, so that another channel of the same recording finds it decoded. */
const workers = new Map<Uint8Array, { readonly worker: SoundWorker; users: number }>();

function takeWorker(bytes: Uint8Array, channels: number): SoundWorker {
  const held = workers.get(bytes) ?? { worker: new SoundWorker(bytes, channels), users: 0 };
  held.users++;
  workers.set(bytes, held);
  return held.worker;
}

/** Milliseconds in which the view of another channel may take the worker over. */
const lingering = 2000;

function giveBack(bytes: Uint8Array): void {
  const held = workers.get(bytes)!;
  held.users--;
  setTimeout(() => {
    if (held.users > 0 || workers.get(bytes) !== held) return;
    workers.delete(bytes);
    held.worker.end();
  }, lingering);
}
