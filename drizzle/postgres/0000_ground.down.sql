DROP TABLE IF EXISTS idempotency_keys;
--> statement-breakpoint
DROP TABLE IF EXISTS audit_log;
--> statement-breakpoint
DROP TABLE IF EXISTS sign_in_failures;
--> statement-breakpoint
DROP TABLE IF EXISTS setup_tokens;
--> statement-breakpoint
DROP TABLE IF EXISTS api_tokens;
--> statement-breakpoint
DROP TABLE IF EXISTS sessions;
--> statement-breakpoint
DROP TABLE IF EXISTS users;
--> statement-breakpoint
DROP TABLE IF EXISTS schedule_ticks;
--> statement-breakpoint
DROP TABLE IF EXISTS installation;
--> statement-breakpoint
DROP TABLE IF EXISTS item_words;
--> statement-breakpoint
DROP TABLE IF EXISTS item_index_work;
--> statement-breakpoint
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
DROP TABLE IF EXISTS hosts;
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
