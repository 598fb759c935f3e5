/**
 * `npm run portal`: the portal; with words after it (see the help) commands for whoever runs it. Exit codes as the rest of
 * crepitus: 0 done, 1 a fault, 2 wrong use, 3 done but something is missing, 4 refused.
 */
import { parseArgs } from 'node:util';
import { CrepitusError } from '@crepitus/dsp';
import { addClinic, backUp, restoreFrom, verifyAuditLog } from './server/commands.ts';
import { withoutParameters } from './server/logged-errors.ts';
import { servePortal } from './server/serve.ts';

const help = `Usage: npm run portal                                  start (CREPITUS_DATA, PORT, DATABASE_URL, CREPITUS_PUBLIC_ADDRESS)
       npm run portal -- audit verify [--seen HASH]   check the audit log's chain, and that a hash noted earlier is in it
       npm run portal -- clinic add                   a one-time link for the administrator of another clinic
       npm run portal -- backup FILE                  database, recordings and secrets in one file, also while the portal runs
                        [--with-broken-log]          though the audit log is broken, which stops a backup otherwise
       npm run portal -- restore FILE                 into an empty data folder, and an empty database with DATABASE_URL`;

const exitCodes = { usage: 2, input: 3, refused: 4 } as const;

try {
  process.exitCode = await run();
} catch (error) {
  if (error instanceof CrepitusError) {
    console.error(error.message);
    process.exit(exitCodes[error.kind]);
  }
  console.error(withoutParameters(error));
  process.exit(1);
}

async function run(): Promise<number> {
  const { positionals, values } = parse();
  const [word, file] = positionals;
  const command = positionals.join(' ');
  if (values.help) console.log(help);
  else if (command === '') await servePortal();
  else if (command === 'audit verify') return verifyAuditLog(values.seen ?? null);
  else if (command === 'clinic add') await addClinic();
  else if (word === 'backup' && file !== undefined && positionals.length === 2)
    return backUp(file, values['with-broken-log']);
  else if (word === 'restore' && file !== undefined && positionals.length === 2) return restoreFrom(file);
  else throw usage(`There is no command ${command}.`);
  return 0;
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        seen: { type: 'string' },
        'with-broken-log': { type: 'boolean' },
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function usage(what: string): CrepitusError {
  return new CrepitusError('usage', `${what}\n${help}`, { kind: 'usage' });
}
