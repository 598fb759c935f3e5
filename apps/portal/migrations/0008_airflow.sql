ALTER TABLE "analysis" ADD COLUMN "airflow" integer;--> statement-breakpoint
ALTER TABLE "recording" ADD COLUMN "airflow" integer;