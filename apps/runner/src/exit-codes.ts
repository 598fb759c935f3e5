/** Those of the command line (design section 10). */
export const exitCodes = {
  done: 0,
  fault: 1,
  usage: 2,
  someFailed: 3,
  refused: 4,
  interrupted: 130,
} as const;
