import type { Metadata } from 'next';
import { currentText } from '../../src/page-access.ts';
import { BrowserView } from '../../src/view/browser/browser-view.tsx';

export const metadata: Metadata = { manifest: '/listen.webmanifest' };

/** For anybody, without an account: it reads nothing of the portal's data and sends nothing. */
export default async function Page() {
  const { text } = await currentText();
  return (
    <>
      <title>{text.browser.title}</title>
      <h1>{text.browser.title}</h1>
      <p>{text.browser.what}</p>
      <p className="notice">{text.researchUse}</p>
      <BrowserView />
    </>
  );
}
