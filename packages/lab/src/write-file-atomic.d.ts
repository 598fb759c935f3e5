declare module 'write-file-atomic' {
  /** Writes to a temporary file beside `path` (unique over processes and threads), syncs it, renames it. */
  export default function writeFileAtomic(
    path: string,
    content: string | Uint8Array,
    options?: { fsync?: boolean },
  ): Promise<void>;
}
