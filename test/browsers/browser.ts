import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What tests ask of a browser, whichever it is. */
export interface Browser {
  readonly name: string;
  /** A fresh tab that shows a page of the given size (CSS pixels) in the given colours. */
  open(url: string, look?: Look): Promise<Tab>;
  close(): Promise<void>;
}

export interface Look {
  width?: number;
  height?: number;
  colours?: 'light' | 'dark';
}

export interface Tab {
  /** Runs the body of an async function in the page; what it returns comes back by way of JSON. */
  run<T>(body: string): Promise<T>;
  /** Presses the element as a user would. */
  press(selector: string): Promise<void>;
  /** Puts a file of this machine into an `<input type=file>`. */
  choose(selector: string, path: string): Promise<void>;
  screenshot(): Promise<Buffer>;
  /** Uncaught errors, and what the console took at the levels of error and warning. */
  problems(): Promise<string[]>;
  close(): Promise<void>;
}

/** Runs the body in the page until it returns something true, and returns that. */
export async function until<T>(tab: Tab, body: string, seconds = 30): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await tab.run<T>(body);
    if (value) return value;
    if (Date.now() > end)
      throw new Error(
        `The page did not come to this within ${seconds} s: ${body}; its problems: ${JSON.stringify(await tab.problems())}.`,
      );
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** For a look by a person: CREPITUS_SCREENSHOTS names a folder. */
export async function keepScreenshot(tab: Tab, name: string): Promise<void> {
  const kept = process.env.CREPITUS_SCREENSHOTS;
  if (!kept) return;
  await mkdir(kept, { recursive: true });
  await writeFile(join(kept, `${name}.png`), await tab.screenshot());
}
