import { notFound } from 'next/navigation';
import { connection } from 'next/server';

/** Next's own page of what is not there is made at the build and has no nonce. */
export default async function Page() {
  await connection();
  notFound();
}
