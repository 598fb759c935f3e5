CREATE TABLE "blind_pass" (
	"id" text PRIMARY KEY NOT NULL,
	"recording_id" text NOT NULL,
	"reviewer_id" text NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"whole" boolean
);
--> statement-breakpoint
ALTER TABLE "analysis" ADD COLUMN "cycles_set_by" text;--> statement-breakpoint
ALTER TABLE "analysis" ADD COLUMN "cycles_set_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "review" ADD COLUMN "pass_id" text;--> statement-breakpoint
ALTER TABLE "review" ADD COLUMN "seq" bigint NOT NULL;--> statement-breakpoint
ALTER TABLE "blind_pass" ADD CONSTRAINT "blind_pass_recording_id_recording_id_fk" FOREIGN KEY ("recording_id") REFERENCES "public"."recording"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blind_pass" ADD CONSTRAINT "blind_pass_reviewer_id_user_id_fk" FOREIGN KEY ("reviewer_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "blind_pass_open" ON "blind_pass" USING btree ("recording_id","reviewer_id") WHERE "blind_pass"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "blind_pass_reviewer" ON "blind_pass" USING btree ("reviewer_id");--> statement-breakpoint
ALTER TABLE "analysis" ADD CONSTRAINT "analysis_cycles_set_by_user_id_fk" FOREIGN KEY ("cycles_set_by") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review" ADD CONSTRAINT "review_pass_id_blind_pass_id_fk" FOREIGN KEY ("pass_id") REFERENCES "public"."blind_pass"("id") ON DELETE cascade ON UPDATE no action;