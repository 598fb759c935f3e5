import Link from 'next/link';
import { currentText } from '../src/page-access.ts';

export default async function NotFound() {
  const { text } = await currentText();
  return (
    <div className="narrow">
      <title>{text.notFound.title}</title>
      <h1>{text.notFound.title}</h1>
      <p>{text.notFound.text}</p>
      <p>
        <Link href="/patients" prefetch={false}>
          {text.notFound.back}
        </Link>
      </p>
    </div>
  );
}
