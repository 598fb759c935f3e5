/**
 * NIST SP 800-63B: length counts, not kinds of characters; what can be guessed from the account, and what is common, is
 * refused. How common is told by zxcvbn (Wheeler, USENIX Security 2016): how many guesses somebody needs who tries common
 * passwords, words, names, dates, walks on the keyboard and their usual spellings first.
 */
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';

export const shortestPassword = 12;
const longestPassword = 128;

/** log10 of guesses that a password must outlast: the store of passwords may be stolen one day. */
const leastGuesses = 10;

/** Judging takes time with the square of the length; this many characters tell enough. */
const judgedCharacters = 40;

/** Known from books and pictures about good passwords. */
const knownPassphrases = ['correcthorsebatterystaple', 'correct horse battery staple'];

export interface PasswordProblem {
  readonly code: 'password-short' | 'password-long' | 'password-personal' | 'password-simple';
  readonly message: string;
}

export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
  readonly clinicName: string;
}

export async function passwordProblem(
  password: string,
  { email, name, clinicName }: PasswordOwner,
): Promise<PasswordProblem | null> {
  if ([...password].length < shortestPassword)
    return { code: 'password-short', message: `A password needs ${shortestPassword} characters or more.` };
  if (password.length > longestPassword)
    return { code: 'password-long', message: `A password has ${longestPassword} characters at most.` };
  const lower = password.toLowerCase();
  const own = [email.split('@')[0] ?? '', ...name.split(/\s+/), 'crepitus'].map(part => part.toLowerCase());
  const clinic = clinicName.toLowerCase();
  const whole = clinic.replaceAll(/\s/g, '');
  const names = (text: string, part: string) => part.length >= 4 && text.includes(part);
  if (own.some(part => names(lower, part)) || names(lower.replaceAll(/\s/g, ''), whole))
    return {
      code: 'password-personal',
      message:
        'The password contains your name, your address or the name of the clinic or the portal; choose another one.',
    };
  const { guessesLog10 } = (await judge()).check(password.slice(0, judgedCharacters), [
    ...own,
    ...clinic.split(/\s+/),
    ...knownPassphrases,
  ]);
  if (guessesLog10 >= leastGuesses) return null;
  return {
    code: 'password-simple',
    message:
      'The password is easy to guess (a common password or word with a few characters more, a date, a sequence, a walk on the keyboard); choose another one, for instance four words that have nothing to do with each other.',
  };
}

let judging: Promise<ZxcvbnFactory> | null = null;

/** Its dictionaries take a second and are needed when somebody joins: read when they are. */
function judge(): Promise<ZxcvbnFactory> {
  judging ??= (async () => {
    const [{ ZxcvbnFactory }, common, german] = await Promise.all([
      import('@zxcvbn-ts/core'),
      import('@zxcvbn-ts/language-common'),
      import('@zxcvbn-ts/language-de'),
    ]);
    return new ZxcvbnFactory({
      dictionary: { ...common.dictionary, ...german.dictionary },
      graphs: common.adjacencyGraphs,
    });
  })();
  return judging;
}
