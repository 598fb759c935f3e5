ALTER TABLE "blind_pass" ADD COLUMN "seen_before" boolean;--> statement-breakpoint
CREATE INDEX "audit_record" ON "audit" USING btree ("record_id");