/**
 * A WASM binary with a check in front of every memory access: the very instructions that are shipped, not another compilation
 * of their source. Results stay the same bit for bit, and an access outside what the host allows ends the call.
 */
import binaryen from 'binaryen';

/** One place in the code that reads or writes memory. `memory.copy` is two, its target and its source. */
export interface Access {
  /** As `v128.load32_splat`. */
  op: string;
  /** Bytes that the instruction adds to the address it is given. */
  offset: number;
  writes: boolean;
}

/**
 * The instrumented binary imports `bounds.check(address: i32, bytes: i32, access: i32): i32`, which is to throw or to return
 * the address as it came. Accessed are `bytes` from `address + accesses[access].offset` on, both taken as unsigned.
 */
export interface CheckedWasm {
  bytes: Uint8Array<ArrayBuffer>;
  accesses: Access[];
}

export function checkedWasm(plain: Uint8Array): CheckedWasm {
  const read = binaryen.readBinary(plain);
  const [, ...fields] = parse(read.emitText());
  read.dispose();
  const accesses: Access[] = [];
  const checked = fields.map(field => instrument(field, accesses));
  const module = binaryen.parseText(`(module ${IMPORT} ${checked.map(print).join(' ')} ${BULK})`);
  module.setFeatures(binaryen.Features.All);
  const bytes = new Uint8Array(module.emitBinary());
  module.dispose();
  return { bytes, accesses };
}

const IMPORT = '(import "bounds" "check" (func $check (param i32 i32 i32) (result i32)))';

// Lengths known at run time only, and wanted twice: evaluated once, as arguments.
const BULK = `
  (func $checked.copy (param $to i32) (param $from i32) (param $bytes i32) (param $access i32)
    (memory.copy
      (call $check (local.get $to) (local.get $bytes) (local.get $access))
      (call $check (local.get $from) (local.get $bytes) (i32.add (local.get $access) (i32.const 1)))
      (local.get $bytes)))
  (func $checked.fill (param $to i32) (param $value i32) (param $bytes i32) (param $access i32)
    (memory.fill
      (call $check (local.get $to) (local.get $bytes) (local.get $access))
      (local.get $value)
      (local.get $bytes)))`;

type Expression = string | Expression[];

/** The same expression with its memory accesses, and those within it, checked; appends them to `accesses`. */
function instrument(expression: Expression, accesses: Access[]): Expression {
  if (typeof expression === 'string') return expression;
  const [op, ...rest] = expression;
  const operands = rest.map(operand => instrument(operand, accesses));
  if (typeof op !== 'string') return [op!, ...operands];
  const access = `(i32.const ${accesses.length})`;
  if (op === 'memory.copy') {
    accesses.push({ op, offset: 0, writes: true }, { op, offset: 0, writes: false });
    return ['call', '$checked.copy', ...operands, access];
  }
  if (op === 'memory.fill') {
    accesses.push({ op, offset: 0, writes: true });
    return ['call', '$checked.fill', ...operands, access];
  }
  const bytes = accessedBytes(op);
  if (bytes === 0) return [op, ...operands];
  const offset = Number(
    operands.find(operand => /^offset=/.test(String(operand)))?.slice('offset='.length) ?? 0,
  );
  accesses.push({ op, offset, writes: op.includes('.store') });
  // Behind the immediates stands the address.
  const address = operands.findIndex(operand => typeof operand !== 'string');
  operands[address] = ['call', '$check', operands[address]!, `(i32.const ${bytes})`, access];
  return [op, ...operands];
}

/** Bytes that a load or a store touches; 0 for what touches none. */
function accessedBytes(op: string): number {
  // The number is bits of what is read or written, with `x` times so many lanes.
  const form =
    /^([if]32|[if]64|v128)\.(?:load|store)(?:(\d+)(?:x(\d+))?)?(?:_(?:[su]|splat|zero|lane))?$/.exec(op);
  if (form) {
    const [, type, bits = type === 'v128' ? '128' : type!.slice(1), lanes = '1'] = form;
    return (Number(bits) * Number(lanes)) / 8;
  }
  if (/\.(load|store)|atomic|^memory\.init/.test(op))
    throw new Error(`No check is known for ${op}; add it here.`);
  return 0;
}

/** The one S-expression of a text. */
function parse(text: string): Expression[] {
  const open: Expression[][] = [[]];
  for (const [token] of text.matchAll(/;;.*|"(?:[^"\\]|\\.)*"|[()]|[^\s()";]+/g)) {
    if (token === '(') open.push([]);
    else if (token === ')') {
      const closed = open.pop()!;
      open.at(-1)!.push(closed);
    } else if (!token.startsWith(';;')) open.at(-1)!.push(token);
  }
  return open[0]![0] as Expression[];
}

function print(expression: Expression): string {
  return typeof expression === 'string' ? expression : `(${expression.map(print).join(' ')})`;
}
