/** The sound files among what was dropped or chosen; folders are walked to their last file. */

export interface GivenFiles {
  readonly files: readonly File[];
  /** Files of folders that are no sound by their name, such as notes beside recordings. */
  readonly leftOut: number;
}

/** Signs that turn the direction of what is written after them. */
const turns = /[\u202a-\u202e\u2066-\u2069]/g;
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A file's name within a sentence, which no name may turn around: signs that would are seen as such. */
export function shownName(name: string): string {
  const shown = name.replace(turns, '\ufffd');
  return rightToLeft.test(shown) ? `\u2068${shown}\u2069` : shown; // Apart from what stands beside it.
}

/** Of a drop. Must be called while the event is handled: browsers forget its items afterwards. */
export function droppedFiles({ items, files }: DataTransfer): Promise<GivenFiles> {
  const entries = [...items]
    .filter(({ kind }) => kind === 'file')
    .map(item => item.webkitGetAsEntry?.() ?? null);
  // A browser that knows no entries gives the files themselves.
  return entries.some(entry => entry === null)
    ? Promise.resolve({ files: [...files], leftOut: 0 })
    : filesOfEntries(entries as FileSystemEntry[]);
}

/** What was dropped itself is taken whatever its name says, so that its refusal is told; of folders only what is sound. */
export async function filesOfEntries(entries: readonly FileSystemEntry[]): Promise<GivenFiles> {
  const files: File[] = [];
  let leftOut = 0;
  for (const entry of entries) {
    if (entry.isFile) {
      files.push(await fileOf(entry as FileSystemFileEntry));
      continue;
    }
    const within = await entriesWithin(entry as FileSystemDirectoryEntry);
    const sounds = within.filter(({ name }) => isSoundName(name)).sort(byPath);
    leftOut += within.length - sounds.length;
    for (const sound of sounds) {
      try {
        files.push(await fileOf(sound));
      } catch {
        leftOut++; // Gone or not to be read: the others are taken all the same.
      }
    }
  }
  return { files, leftOut };
}

/** Of a folder that was chosen: the browser has walked it. */
export function filesOfFolder(all: readonly File[]): GivenFiles {
  const files = all
    .filter(({ name }) => isSoundName(name))
    .sort((a, b) => inOrder.compare(a.webkitRelativePath, b.webkitRelativePath));
  return { files, leftOut: all.length - files.length };
}

/** Files that systems hide, such as the `._` companions of a Mac's, are none. */
function isSoundName(name: string): boolean {
  return /^[^.].*\.(wav|wave|flac|mp3)$/i.test(name);
}

async function entriesWithin(folder: FileSystemDirectoryEntry): Promise<FileSystemFileEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemFileEntry[] = [];
  for (;;) {
    // Chromium gives a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return found;
    for (const entry of some)
      if (entry.isFile) found.push(entry as FileSystemFileEntry);
      else found.push(...(await entriesWithin(entry as FileSystemDirectoryEntry)));
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** 2 before 10. */
const inOrder = new Intl.Collator('en', { numeric: true });
const byPath = (a: FileSystemEntry, b: FileSystemEntry) => inOrder.compare(a.fullPath, b.fullPath);
