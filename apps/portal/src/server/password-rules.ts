/** NIST SP 800-63B: length counts, not kinds of characters; what can be guessed from the account is refused. */
export const shortestPassword = 12;

export interface PasswordProblem {
  readonly code: 'password-short' | 'password-long' | 'password-personal' | 'password-simple';
  readonly message: string;
}

export function passwordProblem(
  password: string,
  { email, name }: { readonly email: string; readonly name: string },
): PasswordProblem | null {
  if ([...password].length < shortestPassword)
    return { code: 'password-short', message: `A password needs ${shortestPassword} characters or more.` };
  if (password.length > 128)
    return { code: 'password-long', message: 'A password has 128 characters at most.' };
  const lower = password.toLowerCase();
  const personal = [email.split('@')[0] ?? '', ...name.split(/\s+/), 'crepitus']
    .map(part => part.toLowerCase())
    .filter(part => part.length >= 4);
  if (personal.some(part => lower.includes(part)))
    return {
      code: 'password-personal',
      message: 'The password contains your name, your address or the name of the portal; choose another one.',
    };
  if (new Set(lower).size < 6 || isSequence(lower) || commonParts.some(part => lower.includes(part)))
    return {
      code: 'password-simple',
      message:
        'The password is easy to guess (few characters, a sequence, a common word); choose another one.',
    };
  return null;
}

/** Neighbours on the keyboard or in the alphabet, most of the way. */
function isSequence(text: string): boolean {
  let steps = 0;
  for (let i = 1; i < text.length; i++) {
    if (Math.abs(text.charCodeAt(i) - text.charCodeAt(i - 1)) === 1) steps++;
  }
  return steps > 0.6 * (text.length - 1);
}

const commonParts = [
  'password',
  'passwort',
  'qwertz',
  'qwerty',
  'letmein',
  'welcome',
  'willkommen',
  'iloveyou',
];
