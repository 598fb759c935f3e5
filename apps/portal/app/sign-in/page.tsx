import Link from 'next/link';
import { redirect } from 'next/navigation';
import { currentActor, currentText } from '../../src/page-access.ts';
import { SignInForm } from '../../src/view/account-forms.tsx';
import { firstPage, ownPath, pageAsked } from '../../src/view/after-sign-in.ts';

export default async function Page({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const to = ownPath((await searchParams)[pageAsked]) ?? firstPage;
  if ((await currentActor()) !== null) redirect(to);
  const { text } = await currentText();
  return (
    <div className="narrow">
      <title>{text.signIn.title}</title>
      <h1>{text.signIn.title}</h1>
      <SignInForm to={to} />
      <p>
        <Link href="/listen" prefetch={false}>
          {text.browser.invitation}
        </Link>
      </p>
    </div>
  );
}
