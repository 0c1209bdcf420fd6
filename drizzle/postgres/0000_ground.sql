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
CREATE TABLE "imports" (
	"no" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "imports_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text NOT NULL,
	"run_id" text NOT NULL,
	"supplier_id" text NOT NULL,
	"source_id" text NOT NULL,
	"status" text NOT NULL,
	"file_name" text NOT NULL,
	"sha256" text NOT NULL,
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
	CONSTRAINT "imports_scopes_json" CHECK (jsonb_typeof("scopes") in ('object', 'array')),
	CONSTRAINT "imports_ignored_json" CHECK (jsonb_typeof("ignored") in ('object', 'array')),
	CONSTRAINT "imports_changes_json" CHECK (jsonb_typeof("changes") in ('object', 'array')),
	CONSTRAINT "imports_hold_reasons_json" CHECK (jsonb_typeof("hold_reasons") in ('object', 'array'))
);
--> statement-breakpoint
CREATE TABLE "ingestion_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"trigger" text NOT NULL,
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
CREATE TABLE "jobs" (
	"id" text PRIMARY KEY NOT NULL,
	"import_id" text NOT NULL,
	"state" text NOT NULL,
	"phase" text,
	"attempt" bigint NOT NULL,
	"lease_token" text,
	"lease_until" timestamp (3) with time zone,
	"worker" text,
	"run_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone
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
	"is_active" boolean DEFAULT true NOT NULL,
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
	CONSTRAINT "sources_reading_json" CHECK (jsonb_typeof("reading") in ('object', 'array'))
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
	CONSTRAINT "supplier_items_characteristics_json" CHECK (jsonb_typeof("characteristics") in ('object', 'array')),
	CONSTRAINT "supplier_items_tiers_json" CHECK (jsonb_typeof("tiers") in ('object', 'array')),
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
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "suppliers_id_unique" UNIQUE("id")
);
--> statement-breakpoint
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
ALTER TABLE "sources" ADD CONSTRAINT "sources_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "supplier_items" ADD CONSTRAINT "supplier_items_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "brands_name_key" ON "brands" USING btree ("name_key");--> statement-breakpoint
CREATE UNIQUE INDEX "categories_supplier_path" ON "categories" USING btree ("supplier_id","path");--> statement-breakpoint
CREATE INDEX "imports_source" ON "imports" USING btree ("source_id","created_at");--> statement-breakpoint
CREATE INDEX "imports_supplier" ON "imports" USING btree ("supplier_id","created_at");--> statement-breakpoint
CREATE INDEX "imports_corrects" ON "imports" USING btree ("corrects_import_id");--> statement-breakpoint
CREATE INDEX "item_changes_item" ON "item_changes" USING btree ("item_id");--> statement-breakpoint
CREATE INDEX "jobs_import" ON "jobs" USING btree ("import_id");--> statement-breakpoint
CREATE INDEX "jobs_state" ON "jobs" USING btree ("state","run_at");--> statement-breakpoint
CREATE INDEX "parsing_logs_import" ON "parsing_logs" USING btree ("import_id","id");--> statement-breakpoint
CREATE INDEX "parsing_logs_supplier" ON "parsing_logs" USING btree ("supplier_id");--> statement-breakpoint
CREATE UNIQUE INDEX "sources_supplier_name" ON "sources" USING btree ("supplier_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "supplier_items_key" ON "supplier_items" USING btree ("supplier_no","item_key");--> statement-breakpoint
CREATE INDEX "supplier_items_characteristics" ON "supplier_items" USING gin ("characteristics" jsonb_path_ops);--> statement-breakpoint
CREATE UNIQUE INDEX "suppliers_name_key" ON "suppliers" USING btree ("name_key");--> statement-breakpoint
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
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "import_deleted" AFTER DELETE ON "imports" FOR EACH ROW EXECUTE FUNCTION "import_deleted"();--> statement-breakpoint
CREATE FUNCTION "items_deleted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM "price_history" WHERE "item_id" IN (SELECT "id" FROM "deleted");
	DELETE FROM "item_changes" WHERE "item_id" IN (SELECT "id" FROM "deleted");
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "items_deleted" AFTER DELETE ON "supplier_items" REFERENCING OLD TABLE AS "deleted" FOR EACH STATEMENT EXECUTE FUNCTION "items_deleted"();
