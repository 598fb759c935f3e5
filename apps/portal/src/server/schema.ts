/**
 * The tables. Everything that belongs to a patient hangs on the patient and goes with it; the audit log hangs on nothing.
 * The first six are better-auth's, with a role and a clinic for each user.
 */

import type { CorrectedCycle, RecordingAnalysis, StoredFacts } from '@crepitus/analyses';
import type { CycleWord } from '@crepitus/recordings';
import { isNull } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

export const roles = ['administrator', 'clinician', 'reader'] as const;
export type Role = (typeof roles)[number];

const id = () => text('id').primaryKey();
const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
const created = () => time('created_at').notNull().defaultNow();
const updated = () => time('updated_at').notNull().defaultNow();

export const clinic = pgTable('clinic', {
  id: id(),
  name: text('name').notNull(),
  createdAt: created(),
});

export const user = pgTable('user', {
  id: id(),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull().default(false),
  image: text('image'),
  createdAt: created(),
  updatedAt: updated(),
  twoFactorEnabled: boolean('two_factor_enabled').default(false),
  role: text('role', { enum: roles }).notNull(),
  clinicId: text('clinic_id')
    .notNull()
    .references(() => clinic.id),
  /** Cannot sign in any more; what they did stays theirs. */
  disabled: boolean('disabled').notNull().default(false),
});

export const session = pgTable(
  'session',
  {
    id: id(),
    expiresAt: time('expires_at').notNull(),
    token: text('token').notNull().unique(),
    createdAt: created(),
    updatedAt: updated(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
  },
  table => [index('session_user').on(table.userId)],
);

export const account = pgTable(
  'account',
  {
    id: id(),
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: time('access_token_expires_at'),
    refreshTokenExpiresAt: time('refresh_token_expires_at'),
    scope: text('scope'),
    password: text('password'),
    createdAt: created(),
    updatedAt: updated(),
  },
  table => [index('account_user').on(table.userId)],
);

export const verification = pgTable(
  'verification',
  {
    id: id(),
    identifier: text('identifier').notNull(),
    value: text('value').notNull(),
    expiresAt: time('expires_at').notNull(),
    createdAt: created(),
    updatedAt: updated(),
  },
  table => [index('verification_identifier').on(table.identifier)],
);

export const twoFactor = pgTable(
  'two_factor',
  {
    id: id(),
    secret: text('secret').notNull(),
    backupCodes: text('backup_codes').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    verified: boolean('verified').default(true),
    failedVerificationCount: integer('failed_verification_count').default(0),
    lockedUntil: time('locked_until'),
  },
  table => [index('two_factor_user').on(table.userId)],
);

export const rateLimit = pgTable('rate_limit', {
  id: id(),
  key: text('key').notNull().unique(),
  count: integer('count').notNull(),
  lastRequest: bigint('last_request', { mode: 'number' }).notNull(),
});

/** Tries to sign in to one account, whoever makes them from wherever. */
export const signInAttempt = pgTable(
  'sign_in_attempt',
  {
    id: id(),
    /** sha256 of the address in lower case: unknown addresses are counted too. */
    account: text('account').notNull(),
    at: time('at').notNull().defaultNow(),
  },
  table => [index('sign_in_attempt_account').on(table.account, table.at)],
);

/** A one-time link that makes an account or a new password. The link holds the token, the table its hash alone. */
export const invitation = pgTable('invitation', {
  id: id(),
  tokenHash: text('token_hash').notNull().unique(),
  role: text('role', { enum: roles }).notNull(),
  /** Null: the link makes a clinic of its own, whose first administrator uses it. */
  clinicId: text('clinic_id').references(() => clinic.id),
  /** Whose password it sets anew; null: it makes an account. */
  userId: text('user_id').references((): AnyPgColumn => user.id, { onDelete: 'cascade' }),
  /** Whom it is meant for, as the administrator wrote it. */
  note: text('note').notNull().default(''),
  createdBy: text('created_by').references(() => user.id),
  createdAt: created(),
  expiresAt: time('expires_at').notNull(),
  usedAt: time('used_at'),
});

export const sexes = ['female', 'male', 'other', 'unknown'] as const;

export const patient = pgTable(
  'patient',
  {
    id: id(),
    clinicId: text('clinic_id')
      .notNull()
      .references(() => clinic.id),
    pseudonym: text('pseudonym').notNull(),
    birthYear: integer('birth_year'),
    sex: text('sex', { enum: sexes }).notNull().default('unknown'),
    notes: text('notes').notNull().default(''),
    createdAt: created(),
    updatedAt: updated(),
  },
  table => [uniqueIndex('patient_pseudonym').on(table.clinicId, table.pseudonym)],
);

export const visit = pgTable(
  'visit',
  {
    id: id(),
    patientId: text('patient_id')
      .notNull()
      .references(() => patient.id, { onDelete: 'cascade' }),
    /** The day of the visit, `YYYY-MM-DD`. */
    day: text('day').notNull(),
    notes: text('notes').notNull().default(''),
    createdAt: created(),
    updatedAt: updated(),
  },
  table => [index('visit_patient').on(table.patientId)],
);

export const recording = pgTable(
  'recording',
  {
    id: id(),
    visitId: text('visit_id')
      .notNull()
      .references(() => visit.id, { onDelete: 'cascade' }),
    /** 1, 2, 3 within its visit: files keep no name here. */
    number: integer('number').notNull(),
    device: text('device').notNull().default(''),
    /** One per channel; null: not said yet. */
    sites: jsonb('sites').$type<(string | null)[]>().notNull(),
    /** The channel that is no sound but the airflow; null: none is. */
    airflow: integer('airflow'),
    /** sha256 of the stored WAV, which is its name in the blob store. */
    blob: text('blob').notNull(),
    bytes: integer('bytes').notNull(),
    facts: jsonb('facts').$type<StoredFacts>().notNull(),
    createdBy: text('created_by').references(() => user.id),
    createdAt: created(),
    /** Of sites, airflow and device. */
    updatedAt: updated(),
  },
  table => [
    uniqueIndex('recording_number').on(table.visitId, table.number),
    index('recording_blob').on(table.blob),
  ],
);

export const analysisStates = ['waiting', 'at-work', 'done', 'failed'] as const;

export const analysis = pgTable(
  'analysis',
  {
    id: id(),
    recordingId: text('recording_id')
      .notNull()
      .references(() => recording.id, { onDelete: 'cascade' }),
    state: text('state', { enum: analysisStates }).notNull().default('waiting'),
    /** Share of its cycles that are scored, 0 to 1. */
    progress: doublePrecision('progress').notNull().default(0),
    failure: jsonb('failure').$type<{ code: string; message: string }>(),
    /** Bundle, threshold and the recording's part of what `crepitus screen --json` prints. */
    result: jsonb('result').$type<RecordingAnalysis>(),
    /** The recording's channel that it takes for the airflow, as was said when it was queued. */
    airflow: integer('airflow'),
    /** Set by hand before it; null: annotation, airflow or sound told. */
    cycles: jsonb('cycles').$type<readonly CorrectedCycle[]>(),
    /** Who set them and when; a later analysis of the same cycles keeps both. */
    cyclesSetBy: text('cycles_set_by').references(() => user.id),
    cyclesSetAt: time('cycles_set_at'),
    createdBy: text('created_by').references(() => user.id),
    createdAt: created(),
    updatedAt: updated(),
  },
  table => [index('analysis_recording').on(table.recordingId)],
);

export const reviewWords = ['crackle', 'clear', 'unsure'] as const satisfies readonly CycleWord[];
export type ReviewWord = (typeof reviewWords)[number];

/** A reviewer's pass over a recording without the detector's findings and the others' words. */
export const blindPass = pgTable(
  'blind_pass',
  {
    id: id(),
    recordingId: text('recording_id')
      .notNull()
      .references(() => recording.id, { onDelete: 'cascade' }),
    reviewerId: text('reviewer_id')
      .notNull()
      .references(() => user.id),
    startedAt: time('started_at').notNull().defaultNow(),
    /** Null: open; the detector and the others are withheld. */
    endedAt: time('ended_at'),
    /** Whether every cycle had a word when it ended. */
    whole: boolean('whole'),
    /** See `hasSeenScores`; null: it began before that was noted. */
    seenBefore: boolean('seen_before'),
  },
  table => [
    uniqueIndex('blind_pass_open').on(table.recordingId, table.reviewerId).where(isNull(table.endedAt)),
    index('blind_pass_reviewer').on(table.reviewerId),
  ],
);

/**
 * What reviewers said of cycles, beside what the detector says. Rows are added and never changed but for `withdrawnAt`,
 * which undoing sets and redoing clears; of one reviewer's rows for one cycle the newest that is not withdrawn holds.
 */
export const review = pgTable(
  'review',
  {
    id: id(),
    recordingId: text('recording_id')
      .notNull()
      .references(() => recording.id, { onDelete: 'cascade' }),
    reviewerId: text('reviewer_id')
      .notNull()
      .references(() => user.id),
    /** With start and end it names the cycle, so that a word outlives a new analysis of the same cycles. */
    channel: integer('channel').notNull(),
    /** Seconds. */
    start: doublePrecision('start_seconds').notNull(),
    end: doublePrecision('end_seconds').notNull(),
    word: text('word', { enum: reviewWords }).notNull(),
    /** The blind pass that it was said in; null: the reviewer saw detector and others. */
    passId: text('pass_id').references(() => blindPass.id, { onDelete: 'cascade' }),
    /** The order of saying within the recording: two may share a millisecond. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    createdAt: created(),
    withdrawnAt: time('withdrawn_at'),
  },
  table => [index('review_recording').on(table.recordingId)],
);

/** A deletion that may still be readable in the files of an embedded database: see erasures.ts. */
export const erasure = pgTable('erasure', { id: id() });

/** See audit.ts. A trigger refuses to change or delete what is here. */
export const audit = pgTable(
  'audit',
  {
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    time: time('time').notNull(),
    clinicId: text('clinic_id'),
    actorId: text('actor_id'),
    /** Kept as it was then: accounts may be renamed. */
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    recordType: text('record_type').notNull(),
    recordId: text('record_id').notNull(),
    /** JSON as it was hashed. */
    detail: text('detail').notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  table => [index('audit_clinic').on(table.clinicId, table.seq), index('audit_record').on(table.recordId)],
);
