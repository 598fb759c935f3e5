CREATE TABLE "erasure" (
	"id" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
-- An earlier version, which left no marks, may have been killed after a deletion.
INSERT INTO "erasure" VALUES ('before marks');
