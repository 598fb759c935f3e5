CREATE TABLE "review" (
	"id" text PRIMARY KEY NOT NULL,
	"recording_id" text NOT NULL,
	"reviewer_id" text NOT NULL,
	"channel" integer NOT NULL,
	"start_seconds" double precision NOT NULL,
	"end_seconds" double precision NOT NULL,
	"word" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"withdrawn_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "analysis" ADD COLUMN "cycles" jsonb;--> statement-breakpoint
ALTER TABLE "analysis" ADD COLUMN "created_by" text;--> statement-breakpoint
ALTER TABLE "review" ADD CONSTRAINT "review_recording_id_recording_id_fk" FOREIGN KEY ("recording_id") REFERENCES "public"."recording"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review" ADD CONSTRAINT "review_reviewer_id_user_id_fk" FOREIGN KEY ("reviewer_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "review_recording" ON "review" USING btree ("recording_id");--> statement-breakpoint
ALTER TABLE "analysis" ADD CONSTRAINT "analysis_created_by_user_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;