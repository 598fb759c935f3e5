/**
 * The shipped binary with a call of the host in front of every access to memory, so that the host can refuse those that leave
 * their buffers. What the code computes stays the same.
 */
import binaryen from 'binaryen';

/** What the checked binary imports as module `host`. Addresses and lengths in bytes. */
export interface Host {
  /** Before `bytes` bytes are read or written at address + offset; returns the address. */
  access(address: number, offset: number, bytes: number): number;
  copy(to: number, from: number, length: number): void;
  fill(at: number, value: number, length: number): void;
}

/** A list of WebAssembly's text format: its name first. */
type Node = (string | Node)[];

export function checkedWasm(binary: Uint8Array): Uint8Array {
  const module = binaryen.readBinary(binary);
  const text = module.emitText();
  module.dispose();
  const [root] = parse(text);
  const checked = check(root!);
  checked.splice(
    1,
    0,
    ['import', '"host"', '"access"', ['func', '$access', ['param', 'i32', 'i32', 'i32'], ['result', 'i32']]],
    ['import', '"host"', '"copy"', ['func', '$copy', ['param', 'i32', 'i32', 'i32']]],
    ['import', '"host"', '"fill"', ['func', '$fill', ['param', 'i32', 'i32', 'i32']]],
  );
  const made = binaryen.parseText(print(checked));
  made.setFeatures(binaryen.Features.All);
  const bytes = made.emitBinary();
  made.dispose();
  return bytes;
}

/** The same list with its accesses, and those within it, checked. */
function check(node: Node): Node {
  const [name, ...rest] = node.map(part => (typeof part === 'string' ? part : check(part)));
  if (name === 'memory.copy' || name === 'memory.fill') return ['call', `$${name.slice(7)}`, ...rest];
  const bytes = bytesOf(String(name));
  if (bytes === 0) return [name!, ...rest];
  // Immediates come first: an offset, an alignment, a lane. The first list is the address.
  const at = rest.findIndex(part => typeof part !== 'string');
  const offset = rest.find(part => typeof part === 'string' && part.startsWith('offset=')) as
    | string
    | undefined;
  const constant = (value: number | string): Node => ['i32.const', String(value)];
  rest[at] = ['call', '$access', rest[at]!, constant(offset?.slice(7) ?? 0), constant(bytes)];
  return [name!, ...rest];
}

/** How many bytes an instruction reads or writes; 0 for one that does not. */
function bytesOf(name: string): number {
  const access = /^(i32|i64|f32|f64|v128)\.(?:load|store)(?:(\d+)(?:x(\d+))?)?/.exec(name);
  if (access === null) return 0;
  const [, type, bits, times = 1] = access;
  if (bits !== undefined) return (Number(bits) * Number(times)) / 8;
  return type === 'v128' ? 16 : Number(type!.slice(1)) / 8;
}

function parse(text: string): Node[] {
  const stack: Node[] = [[]];
  for (const [token] of text.matchAll(/;;[^\n]*|"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+/g)) {
    if (token.startsWith(';;')) continue;
    if (token === '(') stack.push([]);
    else if (token === ')') {
      const list = stack.pop()!;
      stack.at(-1)!.push(list);
    } else stack.at(-1)!.push(token);
  }
  return stack[0] as Node[];
}

function print(node: Node): string {
  return `(${node.map(part => (typeof part === 'string' ? part : print(part))).join(' ')})`;
}
