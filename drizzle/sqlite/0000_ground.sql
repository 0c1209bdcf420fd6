CREATE TABLE `api_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`token_hash` text NOT NULL,
	`beginning` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`last_used_at` integer,
	`revoked_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "api_tokens_scopes_json" CHECK(json_valid("scopes") and substr("scopes", 1, 1) in ('{', '['))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_tokens_hash` ON `api_tokens` (`token_hash`);--> statement-breakpoint
CREATE INDEX `api_tokens_user` ON `api_tokens` (`user_id`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text,
	`actor_name` text NOT NULL,
	`token_id` text,
	`address` text,
	`action` text NOT NULL,
	`subject_kind` text,
	`subject_id` text,
	`subject_name` text,
	`supplier_id` text,
	`before` text,
	`after` text,
	CONSTRAINT "audit_log_before_json" CHECK(json_valid("before") and substr("before", 1, 1) in ('{', '[')),
	CONSTRAINT "audit_log_after_json" CHECK(json_valid("after") and substr("after", 1, 1) in ('{', '['))
);
--> statement-breakpoint
CREATE INDEX `audit_log_at` ON `audit_log` (`at`);--> statement-breakpoint
CREATE INDEX `audit_log_subject` ON `audit_log` (`subject_kind`,`subject_id`);--> statement-breakpoint
CREATE INDEX `audit_log_actor` ON `audit_log` (`actor_id`);--> statement-breakpoint
CREATE TABLE `brands` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `brands_name_key` ON `brands` (`name_key`);--> statement-breakpoint
CREATE TABLE `categories` (
	`id` text PRIMARY KEY NOT NULL,
	`supplier_id` text NOT NULL,
	`parent_id` text,
	`name` text NOT NULL,
	`path` text NOT NULL,
	FOREIGN KEY (`supplier_id`) REFERENCES `suppliers`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`parent_id`) REFERENCES `categories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `categories_supplier_path` ON `categories` (`supplier_id`,`path`);--> statement-breakpoint
CREATE TABLE `counters` (
	`name` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `hosts` (
	`host` text PRIMARY KEY NOT NULL,
	`paused_until` integer,
	`failures` integer DEFAULT 0 NOT NULL,
	`closed_until` integer,
	`budget_from` integer,
	`budget_used` integer DEFAULT 0 NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`actor` text NOT NULL,
	`key` text NOT NULL,
	`request_hash` text NOT NULL,
	`status` integer,
	`headers` text,
	`body` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`actor`, `key`),
	CONSTRAINT "idempotency_keys_headers_json" CHECK(json_valid("headers") and substr("headers", 1, 1) in ('{', '['))
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_created` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `imports` (
	`no` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`run_id` text NOT NULL,
	`supplier_id` text NOT NULL,
	`source_id` text NOT NULL,
	`status` text NOT NULL,
	`file_name` text NOT NULL,
	`sha256` text,
	`origin` text,
	`rows_sha256` text,
	`analyzed_by` text,
	`fallback_reason` text,
	`options` text NOT NULL,
	`reading_key` text NOT NULL,
	`decision` text,
	`scopes` text NOT NULL,
	`rows_read` integer DEFAULT 0 NOT NULL,
	`rows_accepted` integer DEFAULT 0 NOT NULL,
	`rows_priced` integer DEFAULT 0 NOT NULL,
	`rows_unchanged` integer DEFAULT 0 NOT NULL,
	`rows_rejected` integer DEFAULT 0 NOT NULL,
	`rows_ignored` integer DEFAULT 0 NOT NULL,
	`ignored` text NOT NULL,
	`changes` text NOT NULL,
	`report` text,
	`hold_reasons` text NOT NULL,
	`error_code` text,
	`error_message` text,
	`supplier_revision` integer,
	`same_as_import_id` text,
	`corrects_import_id` text,
	`fetched_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`published_at` integer,
	`finished_at` integer,
	FOREIGN KEY (`run_id`) REFERENCES `ingestion_runs`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`supplier_id`) REFERENCES `suppliers`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`source_id`) REFERENCES `sources`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`sha256`) REFERENCES `raw_files`(`sha256`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`rows_sha256`) REFERENCES `raw_files`(`sha256`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "imports_options_json" CHECK(json_valid("options") and substr("options", 1, 1) in ('{', '[')),
	CONSTRAINT "imports_decision_json" CHECK(json_valid("decision") and substr("decision", 1, 1) in ('{', '[')),
	CONSTRAINT "imports_origin_json" CHECK(json_valid("origin") and substr("origin", 1, 1) in ('{', '[')),
	CONSTRAINT "imports_report_json" CHECK(json_valid("report") and substr("report", 1, 1) in ('{', '[')),
	CONSTRAINT "imports_scopes_json" CHECK(json_valid("scopes") and substr("scopes", 1, 1) in ('{', '[')),
	CONSTRAINT "imports_ignored_json" CHECK(json_valid("ignored") and substr("ignored", 1, 1) in ('{', '[')),
	CONSTRAINT "imports_changes_json" CHECK(json_valid("changes") and substr("changes", 1, 1) in ('{', '[')),
	CONSTRAINT "imports_hold_reasons_json" CHECK(json_valid("hold_reasons") and substr("hold_reasons", 1, 1) in ('{', '['))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `imports_id_unique` ON `imports` (`id`);--> statement-breakpoint
CREATE INDEX `imports_source` ON `imports` (`source_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `imports_supplier` ON `imports` (`supplier_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `imports_run` ON `imports` (`run_id`);--> statement-breakpoint
CREATE INDEX `imports_sha256` ON `imports` (`sha256`);--> statement-breakpoint
CREATE INDEX `imports_rows_sha256` ON `imports` (`rows_sha256`);--> statement-breakpoint
CREATE INDEX `imports_corrects` ON `imports` (`corrects_import_id`);--> statement-breakpoint
CREATE TABLE `ingestion_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`trigger` text NOT NULL,
	`schedule` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `installation` (
	`name` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`queue_paused_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `item_changes` (
	`import_no` integer NOT NULL,
	`item_id` integer NOT NULL,
	`kind` text NOT NULL,
	`before` text NOT NULL,
	PRIMARY KEY(`import_no`, `item_id`),
	FOREIGN KEY (`import_no`) REFERENCES `imports`(`no`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`item_id`) REFERENCES `supplier_items`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "item_changes_before_json" CHECK(json_valid("before") and substr("before", 1, 1) in ('{', '['))
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `item_changes_item` ON `item_changes` (`item_id`);--> statement-breakpoint
CREATE TABLE `item_index_work` (
	`no` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`import_no` integer,
	`from_id` integer NOT NULL,
	`to_id` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `item_index_work_import` ON `item_index_work` (`import_no`);--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`import_id` text NOT NULL,
	`lane` text,
	`state` text NOT NULL,
	`phase` text,
	`attempt` integer NOT NULL,
	`lease_token` text,
	`lease_until` integer,
	`lease_ms` integer NOT NULL,
	`worker` text,
	`place` text,
	`takeovers` integer DEFAULT 0 NOT NULL,
	`run_at` integer NOT NULL,
	`queued_at` integer NOT NULL,
	`expires_at` integer,
	`retry_count` integer DEFAULT 0 NOT NULL,
	`retry_delays` text,
	`manual_retry_count` integer DEFAULT 0 NOT NULL,
	`error_kind` text,
	`error_code` text,
	`error_message` text,
	`cause` text,
	`download_percent` integer,
	`downloaded_bytes` integer,
	`items_processed` integer,
	`items_total` integer,
	`revision` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	`discarded_at` integer,
	FOREIGN KEY (`import_id`) REFERENCES `imports`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "jobs_retry_delays_json" CHECK(json_valid("retry_delays") and substr("retry_delays", 1, 1) in ('{', '['))
);
--> statement-breakpoint
CREATE INDEX `jobs_import` ON `jobs` (`import_id`);--> statement-breakpoint
CREATE INDEX `jobs_state` ON `jobs` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_finished` ON `jobs` (`finished_at`);--> statement-breakpoint
CREATE INDEX `jobs_due` ON `jobs` (`run_at`,`id`) WHERE "state" in ('queued', 'running');--> statement-breakpoint
CREATE INDEX `jobs_lane` ON `jobs` (`lane`,`id`) WHERE "state" in ('queued', 'running');--> statement-breakpoint
CREATE TABLE `parsing_logs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`import_id` text NOT NULL,
	`job_id` text,
	`supplier_id` text NOT NULL,
	`severity` text NOT NULL,
	`error_type` text NOT NULL,
	`code` text NOT NULL,
	`message` text NOT NULL,
	`sheet` text,
	`row` integer,
	`column` integer,
	`raw` text,
	`row_data` text,
	`corrected_by` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`import_id`) REFERENCES `imports`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`supplier_id`) REFERENCES `suppliers`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "parsing_logs_row_data_json" CHECK(json_valid("row_data") and substr("row_data", 1, 1) in ('{', '['))
);
--> statement-breakpoint
CREATE INDEX `parsing_logs_import` ON `parsing_logs` (`import_id`,`id`);--> statement-breakpoint
CREATE INDEX `parsing_logs_supplier` ON `parsing_logs` (`supplier_id`);--> statement-breakpoint
CREATE TABLE `price_history` (
	`item_id` integer NOT NULL,
	`import_no` integer NOT NULL,
	`n` integer NOT NULL,
	`tier` text,
	`min_quantity_e4` integer,
	`price_e4` integer,
	`currency` text,
	`price_quantity_e4` integer,
	`unit` text,
	`tax` text,
	`valid_from` text,
	`valid_to` text,
	`recorded_at` integer NOT NULL,
	`sheet` text,
	`row` integer,
	`column` integer,
	`raw` text,
	PRIMARY KEY(`item_id`, `import_no`, `n`),
	FOREIGN KEY (`item_id`) REFERENCES `supplier_items`(`id`) ON UPDATE no action ON DELETE cascade
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `products` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`status` text NOT NULL,
	`brand_id` text,
	`category_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`brand_id`) REFERENCES `brands`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`category_id`) REFERENCES `categories`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE TABLE `raw_files` (
	`sha256` text PRIMARY KEY NOT NULL,
	`md5` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `raw_files_created` ON `raw_files` (`created_at`,`sha256`);--> statement-breakpoint
CREATE TABLE `schedule_ticks` (
	`schedule` text NOT NULL,
	`minute` integer NOT NULL,
	`outcome` text NOT NULL,
	`run_id` text,
	`note` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`schedule`, `minute`)
);
--> statement-breakpoint
CREATE INDEX `schedule_ticks_created` ON `schedule_ticks` (`created_at`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`user_id` text NOT NULL,
	`address` text,
	`user_agent` text,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_id` ON `sessions` (`id`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE INDEX `sessions_expires` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `setup_tokens` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sign_in_failures` (
	`subject` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`since` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sign_in_failures_since` ON `sign_in_failures` (`since`);--> statement-breakpoint
CREATE TABLE `sources` (
	`no` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`supplier_id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`list_mode` text NOT NULL,
	`scope` text NOT NULL,
	`duplicates` text NOT NULL,
	`currency` text,
	`country` text,
	`time_zone` text,
	`priority` integer DEFAULT 100 NOT NULL,
	`config` text NOT NULL,
	`secrets` text,
	`learned` text,
	`declared_in` text,
	`uses_analyzer` integer,
	`is_watched` integer DEFAULT false NOT NULL,
	`schedule` text,
	`scheduled_at` integer,
	`retry_delays` text,
	`paused_at` integer,
	`map` text NOT NULL,
	`identity` text NOT NULL,
	`decimals_max` text NOT NULL,
	`limits` text NOT NULL,
	`reading` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`supplier_id`) REFERENCES `suppliers`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "sources_map_json" CHECK(json_valid("map") and substr("map", 1, 1) in ('{', '[')),
	CONSTRAINT "sources_identity_json" CHECK(json_valid("identity") and substr("identity", 1, 1) in ('{', '[')),
	CONSTRAINT "sources_limits_json" CHECK(json_valid("limits") and substr("limits", 1, 1) in ('{', '[')),
	CONSTRAINT "sources_reading_json" CHECK(json_valid("reading") and substr("reading", 1, 1) in ('{', '[')),
	CONSTRAINT "sources_config_json" CHECK(json_valid("config") and substr("config", 1, 1) in ('{', '[')),
	CONSTRAINT "sources_learned_json" CHECK(json_valid("learned") and substr("learned", 1, 1) in ('{', '[')),
	CONSTRAINT "sources_retry_delays_json" CHECK(json_valid("retry_delays") and substr("retry_delays", 1, 1) in ('{', '['))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sources_id_unique` ON `sources` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `sources_supplier_name` ON `sources` (`supplier_id`,`name`);--> statement-breakpoint
CREATE TABLE `supplier_items` (
	`id` integer PRIMARY KEY NOT NULL,
	`supplier_no` integer NOT NULL,
	`item_key` text NOT NULL,
	`sku` text,
	`name` text NOT NULL,
	`price_e4` integer,
	`currency` text,
	`price_quantity_e4` integer,
	`unit` text,
	`category` text,
	`brand` text,
	`valid_from` text,
	`valid_to` text,
	`characteristics` text NOT NULL,
	`tiers` text,
	`source_no` integer,
	`scope` text NOT NULL,
	`first_import_no` integer NOT NULL,
	`product_id` text,
	`gone_at` integer,
	`deleted_at` integer,
	`pinned` text,
	FOREIGN KEY (`supplier_no`) REFERENCES `suppliers`(`no`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`source_no`) REFERENCES `sources`(`no`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`product_id`) REFERENCES `products`(`id`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "supplier_items_characteristics_json" CHECK(json_valid("characteristics") and substr("characteristics", 1, 1) in ('{', '[')),
	CONSTRAINT "supplier_items_tiers_json" CHECK(json_valid("tiers") and substr("tiers", 1, 1) in ('{', '[')),
	CONSTRAINT "supplier_items_pinned_json" CHECK(json_valid("pinned") and substr("pinned", 1, 1) in ('{', '[')),
	CONSTRAINT "supplier_items_price_e4" CHECK("supplier_items"."price_e4" >= 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `supplier_items_key` ON `supplier_items` (`supplier_no`,`item_key`);--> statement-breakpoint
CREATE INDEX `supplier_items_deleted` ON `supplier_items` (`deleted_at`) WHERE "deleted_at" is not null;--> statement-breakpoint
CREATE TABLE `suppliers` (
	`no` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`currency` text,
	`country` text,
	`time_zone` text,
	`uses_analyzer` integer,
	`revision` integer DEFAULT 0 NOT NULL,
	`deleting_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `suppliers_id_unique` ON `suppliers` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `suppliers_name_key` ON `suppliers` (`name_key`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`password_hash` text NOT NULL,
	`role` text NOT NULL,
	`password_changed_at` integer NOT NULL,
	`last_sign_in_at` integer,
	`disabled_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_name_key` ON `users` (`name_key`);--> statement-breakpoint
CREATE VIRTUAL TABLE `item_words` USING fts5(words, content='', contentless_delete=1, detail=none, prefix='1 2 3', tokenize="ascii tokenchars '_'");--> statement-breakpoint
CREATE TRIGGER `item_deleted` AFTER DELETE ON `supplier_items` BEGIN
	DELETE FROM `item_words` WHERE rowid = OLD.`id`;
END;--> statement-breakpoint
CREATE TRIGGER `import_deleted` AFTER DELETE ON `imports` BEGIN
	-- Nobody knows any more what it changed.
	UPDATE `item_index_work` SET `import_no` = NULL, `to_id` = coalesce((SELECT max(`id`) FROM `supplier_items`), 0) WHERE `import_no` = OLD.`no`;
END;
