import type { Metadata, Viewport } from 'next';
import Link from 'next/link';
import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { currentActor, currentText } from '../src/page-access.ts';
import { LanguageChooser, SignOutButton } from '../src/view/account-forms.tsx';
import { TextProvider } from '../src/view/text-context.tsx';
import './style.css';

export const metadata: Metadata = {
  icons: '/listen.svg', // Else browsers ask for one that is not there.
  robots: { index: false, follow: false },
};

export const viewport: Viewport = { colorScheme: 'light dark', width: 'device-width', initialScale: 1 };

export default async function Layout({ children }: { children: ReactNode }) {
  await connection(); // Every page has a nonce of its own.
  const [{ language, text }, actor] = [await currentText(), await currentActor()];
  const links: [string, string][] =
    actor === null
      ? [['/listen', text.browser.short]]
      : [
          ['/patients', text.navigation.patients],
          ...(actor.role === 'administrator'
            ? ([
                ['/people', text.navigation.users],
                ['/log', text.navigation.audit],
              ] as [string, string][])
            : []),
          ['/listen', text.browser.short],
          ['/account', text.navigation.account],
        ];
  return (
    <html lang={language}>
      <body>
        <TextProvider language={language}>
          <a href="#content" className="skip">
            {text.skipToContent}
          </a>
          <header>
            <Link href="/patients" prefetch={false} className="brand">
              crepitus
            </Link>
            <nav aria-label={text.mainNavigation}>
              {links.map(([href, label]) => (
                <Link key={href} href={href} prefetch={false}>
                  {label}
                </Link>
              ))}
            </nav>
            <div className="who">
              {actor !== null && (
                <>
                  <span>
                    {actor.name}, {actor.clinicName}
                  </span>
                  <SignOutButton />
                </>
              )}
              <LanguageChooser />
            </div>
          </header>
          <noscript>
            <p className="refusal without-scripts">{text.needsScripts}</p>
          </noscript>
          <main id="content" tabIndex={-1}>
            {children}
          </main>
          <footer>
            <p>{text.researchUse}</p>
            <Link href="/about" prefetch={false}>
              {text.navigation.about}
            </Link>
          </footer>
        </TextProvider>
      </body>
    </html>
  );
}
