import { inspect } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { embeddedOn, type OpenDatabase } from './database.ts';
import { withoutParameters } from './logged-errors.ts';
import { patient } from './schema.ts';

let database: OpenDatabase;
beforeAll(async () => {
  database = await embeddedOn(await PGlite.create());
});
afterAll(() => database.close());

const errorOf = async (query: PromiseLike<unknown>): Promise<unknown> => {
  try {
    await query;
  } catch (error) {
    return error;
  }
  throw new Error('The query did not fail.');
};

it('of a failed query the log has statement, code and place, and none of its parameters', async () => {
  const row = { id: 'p', clinicId: 'nowhere', pseudonym: 'Mustermann-1', notes: 'Asthma seit 1990' };
  const error = await errorOf(database.queries.insert(patient).values(row));
  expect(inspect(error)).toContain('Mustermann'); // What is left out is there.
  for (const shown of [withoutParameters(error), withoutParameters(new Error('above', { cause: error }))]) {
    const text = inspect(shown);
    expect(text).not.toMatch(/Mustermann|Asthma|nowhere/);
    expect(text).toContain('insert into "patient"');
    expect(text).toContain('23503');
    expect(text).toContain('logged-errors.test.ts');
  }
});

it('a message of the database that quotes a value is left out', async () => {
  const error = await errorOf(
    database.queries
      .select()
      .from(patient)
      .where(eq(sql`${patient.pseudonym}::integer`, sql`${'Mustermann'}::integer`)),
  );
  const text = inspect(withoutParameters(error));
  expect(text).not.toContain('Mustermann');
  expect(text).toContain('22P02');
});

it('any other error is logged as it is', () => {
  const error = new TypeError('x is no function');
  expect(withoutParameters(error)).toBe(error);
  expect(withoutParameters('text')).toBe('text');
});
