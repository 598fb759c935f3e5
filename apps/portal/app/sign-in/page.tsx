import Link from 'next/link';
import { redirect } from 'next/navigation';
import { currentActor, currentText } from '../../src/page-access.ts';
import { SignInForm } from '../../src/view/account-forms.tsx';

export default async function Page() {
  if ((await currentActor()) !== null) redirect('/patients');
  const { text } = await currentText();
  return (
    <div className="narrow">
      <title>{text.signIn.title}</title>
      <h1>{text.signIn.title}</h1>
      <SignInForm />
      <p>
        <Link href="/listen" prefetch={false}>
          {text.browser.invitation}
        </Link>
      </p>
    </div>
  );
}
