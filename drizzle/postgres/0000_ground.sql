CREATE TABLE "api_tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"name" text NOT NULL,
	"token_hash" text NOT NULL,
	"beginning" text NOT NULL,
	"scopes" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_tokens_scopes_json" CHECK (jsonb_typeof("scopes") in ('object', 'array'))
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"actor_name" text NOT NULL,
	"token_id" text,
	"address" text,
	"action" text NOT NULL,
	"subject_kind" text,
	"subject_id" text,
	"subject_name" text,
	"supplier_id" text,
	"before" jsonb,
	"after" jsonb,
	CONSTRAINT "audit_log_before_json" CHECK (jsonb_typeof("before") in ('object', 'array')),
	CONSTRAINT "audit_log_after_json" CHECK (jsonb_typeof("after") in ('object', 'array'))
);
--> statement-breakpoint
CREATE TABLE "brands" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"name_key" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "categories" (
	"id" text PRIMARY KEY NOT NULL,
	"supplier_id" text NOT NULL,
	"parent_id" text,
	"name" text NOT NULL,
	"path" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "counters" (
	"name" text PRIMARY KEY NOT NULL,
	"value" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hosts" (
	"host" text PRIMARY KEY NOT NULL,
	"paused_until" timestamp (3) with time zone,
	"failures" bigint DEFAULT 0 NOT NULL,
	"closed_until" timestamp (3) with time zone,
	"budget_from" timestamp (3) with time zone,
	"budget_used" bigint DEFAULT 0 NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"actor" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" bigint,
	"headers" jsonb,
	"body" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_actor_key_pk" PRIMARY KEY("actor","key"),
	CONSTRAINT "idempotency_keys_headers_json" CHECK (jsonb_typeof("headers") in ('object', 'array'))
);
--> statement-breakpoint
CREATE TABLE "imports" (
	"no" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "imports_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text NOT NULL,
	"run_id" text NOT NULL,
	"supplier_id" text NOT NULL,
	"source_id" text NOT NULL,
	"status" text NOT NULL,
	"file_name" text NOT NULL,
	"sha256" text,
	"origin" jsonb,
	"rows_sha256" text,
	"analyzed_by" text,
	"fallback_reason" text,
	"options" jsonb NOT NULL,
	"reading_key" text NOT NULL,
	"decision" jsonb,
	"scopes" jsonb NOT NULL,
	"rows_read" bigint DEFAULT 0 NOT NULL,
	"rows_accepted" bigint DEFAULT 0 NOT NULL,
	"rows_priced" bigint DEFAULT 0 NOT NULL,
	"rows_unchanged" bigint DEFAULT 0 NOT NULL,
	"rows_rejected" bigint DEFAULT 0 NOT NULL,
	"rows_ignored" bigint DEFAULT 0 NOT NULL,
	"ignored" jsonb NOT NULL,
	"changes" jsonb NOT NULL,
	"report" jsonb,
	"hold_reasons" jsonb NOT NULL,
	"error_code" text,
	"error_message" text,
	"supplier_revision" bigint,
	"same_as_import_id" text,
	"corrects_import_id" text,
	"fetched_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"published_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "imports_id_unique" UNIQUE("id"),
	CONSTRAINT "imports_options_json" CHECK (jsonb_typeof("options") in ('object', 'array')),
	CONSTRAINT "imports_decision_json" CHECK (jsonb_typeof("decision") in ('object', 'array')),
	CONSTRAINT "imports_origin_json" CHECK (jsonb_typeof("origin") in ('object', 'array')),
	CONSTRAINT "imports_report_json" CHECK (jsonb_typeof("report") in ('object', 'array')),
	CONSTRAINT "imports_scopes_json" CHECK (jsonb_typeof("scopes") in ('object', 'array')),
	CONSTRAINT "imports_ignored_json" CHECK (jsonb_typeof("ignored") in ('object', 'array')),
	CONSTRAINT "imports_changes_json" CHECK (jsonb_typeof("changes") in ('object', 'array')),
	CONSTRAINT "imports_hold_reasons_json" CHECK (jsonb_typeof("hold_reasons") in ('object', 'array'))
);
--> statement-breakpoint
CREATE TABLE "ingestion_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"trigger" text NOT NULL,
	"schedule" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "installation" (
	"name" text PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"queue_paused_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "item_changes" (
	"import_no" bigint NOT NULL,
	"item_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"before" jsonb NOT NULL,
	CONSTRAINT "item_changes_import_no_item_id_pk" PRIMARY KEY("import_no","item_id"),
	CONSTRAINT "item_changes_before_json" CHECK (jsonb_typeof("before") in ('object', 'array'))
);
--> statement-breakpoint
CREATE TABLE "item_index_work" (
	"no" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "item_index_work_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"import_no" bigint,
	"from_id" bigint NOT NULL,
	"to_id" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" text PRIMARY KEY NOT NULL,
	"import_id" text NOT NULL,
	"lane" text,
	"state" text NOT NULL,
	"phase" text,
	"attempt" bigint NOT NULL,
	"lease_token" text,
	"lease_until" timestamp (3) with time zone,
	"lease_ms" bigint NOT NULL,
	"worker" text,
	"place" text,
	"takeovers" bigint DEFAULT 0 NOT NULL,
	"run_at" timestamp (3) with time zone NOT NULL,
	"queued_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"retry_count" bigint DEFAULT 0 NOT NULL,
	"retry_delays" jsonb,
	"manual_retry_count" bigint DEFAULT 0 NOT NULL,
	"error_kind" text,
	"error_code" text,
	"error_message" text,
	"cause" text,
	"download_percent" bigint,
	"downloaded_bytes" bigint,
	"items_processed" bigint,
	"items_total" bigint,
	"revision" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"discarded_at" timestamp (3) with time zone,
	CONSTRAINT "jobs_retry_delays_json" CHECK (jsonb_typeof("retry_delays") in ('object', 'array'))
);
--> statement-breakpoint
CREATE TABLE "parsing_logs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "parsing_logs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"import_id" text NOT NULL,
	"job_id" text,
	"supplier_id" text NOT NULL,
	"severity" text NOT NULL,
	"error_type" text NOT NULL,
	"code" text NOT NULL,
	"message" text NOT NULL,
	"sheet" text,
	"row" bigint,
	"column" bigint,
	"raw" text,
	"row_data" jsonb,
	"corrected_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "parsing_logs_row_data_json" CHECK (jsonb_typeof("row_data") in ('object', 'array'))
);
--> statement-breakpoint
CREATE TABLE "price_history" (
	"item_id" bigint NOT NULL,
	"import_no" bigint NOT NULL,
	"n" bigint NOT NULL,
	"tier" text,
	"min_quantity_e4" bigint,
	"price_e4" bigint,
	"currency" text,
	"price_quantity_e4" bigint,
	"unit" text,
	"tax" text,
	"valid_from" text,
	"valid_to" text,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"sheet" text,
	"row" bigint,
	"column" bigint,
	"raw" text,
	CONSTRAINT "price_history_item_id_import_no_n_pk" PRIMARY KEY("item_id","import_no","n")
);
--> statement-breakpoint
CREATE TABLE "products" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"brand_id" text,
	"category_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "raw_files" (
	"sha256" text PRIMARY KEY NOT NULL,
	"md5" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "schedule_ticks" (
	"schedule" text NOT NULL,
	"minute" timestamp (3) with time zone NOT NULL,
	"outcome" text NOT NULL,
	"run_id" text,
	"note" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "schedule_ticks_schedule_minute_pk" PRIMARY KEY("schedule","minute")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"user_id" text NOT NULL,
	"address" text,
	"user_agent" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "setup_tokens" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_in_failures" (
	"subject" text PRIMARY KEY NOT NULL,
	"failures" bigint NOT NULL,
	"since" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sources" (
	"no" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sources_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text NOT NULL,
	"supplier_id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"list_mode" text NOT NULL,
	"scope" text NOT NULL,
	"duplicates" text NOT NULL,
	"currency" text,
	"country" text,
	"time_zone" text,
	"priority" bigint DEFAULT 100 NOT NULL,
	"config" jsonb NOT NULL,
	"secrets" text,
	"learned" jsonb,
	"declared_in" text,
	"uses_analyzer" boolean,
	"is_watched" boolean DEFAULT false NOT NULL,
	"schedule" text,
	"scheduled_at" timestamp (3) with time zone,
	"retry_delays" jsonb,
	"paused_at" timestamp (3) with time zone,
	"map" jsonb NOT NULL,
	"identity" jsonb NOT NULL,
	"decimals_max" text NOT NULL,
	"limits" jsonb NOT NULL,
	"reading" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sources_id_unique" UNIQUE("id"),
	CONSTRAINT "sources_map_json" CHECK (jsonb_typeof("map") in ('object', 'array')),
	CONSTRAINT "sources_identity_json" CHECK (jsonb_typeof("identity") in ('object', 'array')),
	CONSTRAINT "sources_limits_json" CHECK (jsonb_typeof("limits") in ('object', 'array')),
	CONSTRAINT "sources_reading_json" CHECK (jsonb_typeof("reading") in ('object', 'array')),
	CONSTRAINT "sources_config_json" CHECK (jsonb_typeof("config") in ('object', 'array')),
	CONSTRAINT "sources_learned_json" CHECK (jsonb_typeof("learned") in ('object', 'array')),
	CONSTRAINT "sources_retry_delays_json" CHECK (jsonb_typeof("retry_delays") in ('object', 'array'))
);
--> statement-breakpoint
CREATE TABLE "supplier_items" (
	"id" bigint PRIMARY KEY NOT NULL,
	"supplier_no" bigint NOT NULL,
	"item_key" text NOT NULL,
	"sku" text,
	"name" text NOT NULL,
	"price_e4" bigint,
	"currency" text,
	"price_quantity_e4" bigint,
	"unit" text,
	"category" text,
	"brand" text,
	"valid_from" text,
	"valid_to" text,
	"characteristics" jsonb NOT NULL,
	"tiers" jsonb,
	"source_no" bigint,
	"scope" text NOT NULL,
	"first_import_no" bigint NOT NULL,
	"product_id" text,
	"gone_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	"pinned" jsonb,
	CONSTRAINT "supplier_items_characteristics_json" CHECK (jsonb_typeof("characteristics") in ('object', 'array')),
	CONSTRAINT "supplier_items_tiers_json" CHECK (jsonb_typeof("tiers") in ('object', 'array')),
	CONSTRAINT "supplier_items_pinned_json" CHECK (jsonb_typeof("pinned") in ('object', 'array')),
	CONSTRAINT "supplier_items_price_e4" CHECK ("supplier_items"."price_e4" >= 0)
);
--> statement-breakpoint
CREATE TABLE "suppliers" (
	"no" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "suppliers_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text NOT NULL,
	"name" text NOT NULL,
	"name_key" text NOT NULL,
	"currency" text,
	"country" text,
	"time_zone" text,
	"uses_analyzer" boolean,
	"revision" bigint DEFAULT 0 NOT NULL,
	"deleting_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "suppliers_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"name_key" text NOT NULL,
	"password_hash" text NOT NULL,
	"role" text NOT NULL,
	"password_changed_at" timestamp (3) with time zone NOT NULL,
	"last_sign_in_at" timestamp (3) with time zone,
	"disabled_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "categories" ADD CONSTRAINT "categories_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "categories" ADD CONSTRAINT "categories_parent" FOREIGN KEY ("parent_id") REFERENCES "public"."categories"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_run_id_ingestion_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."ingestion_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_sha256_raw_files_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."raw_files"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_rows_sha256_raw_files_sha256_fk" FOREIGN KEY ("rows_sha256") REFERENCES "public"."raw_files"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parsing_logs" ADD CONSTRAINT "parsing_logs_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parsing_logs" ADD CONSTRAINT "parsing_logs_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products" ADD CONSTRAINT "products_brand_id_brands_id_fk" FOREIGN KEY ("brand_id") REFERENCES "public"."brands"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products" ADD CONSTRAINT "products_category_id_categories_id_fk" FOREIGN KEY ("category_id") REFERENCES "public"."categories"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sources" ADD CONSTRAINT "sources_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "supplier_items" ADD CONSTRAINT "supplier_items_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_tokens_hash" ON "api_tokens" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "api_tokens_user" ON "api_tokens" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "audit_log_at" ON "audit_log" USING btree ("at");--> statement-breakpoint
CREATE INDEX "audit_log_subject" ON "audit_log" USING btree ("subject_kind","subject_id");--> statement-breakpoint
CREATE INDEX "audit_log_actor" ON "audit_log" USING btree ("actor_id");--> statement-breakpoint
CREATE UNIQUE INDEX "brands_name_key" ON "brands" USING btree ("name_key");--> statement-breakpoint
CREATE UNIQUE INDEX "categories_supplier_path" ON "categories" USING btree ("supplier_id","path");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "imports_source" ON "imports" USING btree ("source_id","created_at");--> statement-breakpoint
CREATE INDEX "imports_supplier" ON "imports" USING btree ("supplier_id","created_at");--> statement-breakpoint
CREATE INDEX "imports_run" ON "imports" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "imports_sha256" ON "imports" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "imports_rows_sha256" ON "imports" USING btree ("rows_sha256");--> statement-breakpoint
CREATE INDEX "imports_corrects" ON "imports" USING btree ("corrects_import_id");--> statement-breakpoint
CREATE INDEX "item_changes_item" ON "item_changes" USING btree ("item_id");--> statement-breakpoint
CREATE INDEX "item_index_work_import" ON "item_index_work" USING btree ("import_no");--> statement-breakpoint
CREATE INDEX "jobs_import" ON "jobs" USING btree ("import_id");--> statement-breakpoint
CREATE INDEX "jobs_state" ON "jobs" USING btree ("state","id");--> statement-breakpoint
CREATE INDEX "jobs_finished" ON "jobs" USING btree ("finished_at");--> statement-breakpoint
CREATE INDEX "jobs_due" ON "jobs" USING btree ("run_at","id") WHERE "state" in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "jobs_lane" ON "jobs" USING btree ("lane","id") WHERE "state" in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "parsing_logs_import" ON "parsing_logs" USING btree ("import_id","id");--> statement-breakpoint
CREATE INDEX "parsing_logs_supplier" ON "parsing_logs" USING btree ("supplier_id");--> statement-breakpoint
CREATE INDEX "raw_files_created" ON "raw_files" USING btree ("created_at","sha256");--> statement-breakpoint
CREATE INDEX "schedule_ticks_created" ON "schedule_ticks" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_id" ON "sessions" USING btree ("id");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sessions_expires" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "sign_in_failures_since" ON "sign_in_failures" USING btree ("since");--> statement-breakpoint
CREATE UNIQUE INDEX "sources_supplier_name" ON "sources" USING btree ("supplier_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "supplier_items_key" ON "supplier_items" USING btree ("supplier_no","item_key");--> statement-breakpoint
CREATE INDEX "supplier_items_deleted" ON "supplier_items" USING btree ("deleted_at") WHERE "deleted_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "suppliers_name_key" ON "suppliers" USING btree ("name_key");--> statement-breakpoint
CREATE UNIQUE INDEX "users_name_key" ON "users" USING btree ("name_key");--> statement-breakpoint
CREATE SCHEMA IF NOT EXISTS "staging";--> statement-breakpoint
CREATE FUNCTION "supplier_deleted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM "supplier_items" WHERE "supplier_no" = OLD."no";
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "supplier_deleted" AFTER DELETE ON "suppliers" FOR EACH ROW EXECUTE FUNCTION "supplier_deleted"();--> statement-breakpoint
CREATE FUNCTION "source_deleted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE "supplier_items" SET "source_no" = NULL WHERE "source_no" = OLD."no";
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "source_deleted" AFTER DELETE ON "sources" FOR EACH ROW EXECUTE FUNCTION "source_deleted"();--> statement-breakpoint
CREATE FUNCTION "import_deleted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM "item_changes" WHERE "import_no" = OLD."no";
	-- Nobody knows any more what it changed.
	UPDATE "item_index_work" SET "import_no" = NULL, "to_id" = coalesce((SELECT max("id") FROM "supplier_items"), 0) WHERE "import_no" = OLD."no";
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "import_deleted" AFTER DELETE ON "imports" FOR EACH ROW EXECUTE FUNCTION "import_deleted"();--> statement-breakpoint
CREATE FUNCTION "items_deleted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM "price_history" WHERE "item_id" IN (SELECT "id" FROM "deleted");
	DELETE FROM "item_changes" WHERE "item_id" IN (SELECT "id" FROM "deleted");
	DELETE FROM "item_words" WHERE "item_id" IN (SELECT "id" FROM "deleted");
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "items_deleted" AFTER DELETE ON "supplier_items" REFERENCING OLD TABLE AS "deleted" FOR EACH STATEMENT EXECUTE FUNCTION "items_deleted"();--> statement-breakpoint
CREATE TABLE "item_words" (
	"item_id" bigint PRIMARY KEY NOT NULL,
	"words" tsvector NOT NULL
);--> statement-breakpoint
CREATE INDEX "item_words_words" ON "item_words" USING gin ("words");
