DROP TABLE IF EXISTS item_changes;
--> statement-breakpoint
DROP TABLE IF EXISTS price_history;
--> statement-breakpoint
DROP TABLE IF EXISTS parsing_logs;
--> statement-breakpoint
DROP TABLE IF EXISTS supplier_items;
--> statement-breakpoint
DROP TABLE IF EXISTS jobs;
--> statement-breakpoint
DROP TABLE IF EXISTS imports;
--> statement-breakpoint
DROP TABLE IF EXISTS ingestion_runs;
--> statement-breakpoint
DROP TABLE IF EXISTS raw_files;
--> statement-breakpoint
DROP TABLE IF EXISTS products;
--> statement-breakpoint
DROP TABLE IF EXISTS brands;
--> statement-breakpoint
DROP TABLE IF EXISTS categories;
--> statement-breakpoint
DROP TABLE IF EXISTS sources;
--> statement-breakpoint
DROP TABLE IF EXISTS suppliers;
--> statement-breakpoint
DROP TABLE IF EXISTS counters;
--> statement-breakpoint
DROP SCHEMA IF EXISTS "staging" CASCADE;
--> statement-breakpoint
DROP FUNCTION IF EXISTS "supplier_deleted", "source_deleted", "import_deleted", "items_deleted";
