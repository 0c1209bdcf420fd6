import type { Database } from '../db/database.ts'
import { checkSource, type SourceRules } from '../sources/check.ts'
import type { SourceDraft } from '../sources/make-source.ts'
import { defaultSettings } from '../sources/model.ts'
import { givenConfig, wholeConfig } from '../sources/secrets.ts'
import type { Source } from '../sources/store.ts'
import { supplierStore } from '../suppliers/store.ts'
import type { TestRequest } from './test-source.ts'

interface Parts {
  db: Database
  rules: SourceRules
  /** Assumed where neither the list nor its supplier says one. */
  defaultCurrency: string | null
}

/** What a test of a source needs to know. @throws ForbiddenError `secret_key_unknown`, `secret_damaged` */
export async function testOfSource(
  { db, rules, defaultCurrency }: Parts,
  source: Source,
): Promise<TestRequest> {
  const { name, kind, learned, currency } = source
  const supplier = await supplierStore(db).get(source.supplierId)
  return {
    name,
    kind,
    config: wholeConfig(rules.sealer, source),
    settings: source,
    currency: currency ?? supplier.currency ?? defaultCurrency,
    learned,
  }
}

/** The same for a source that is not kept anywhere. @throws AppError see `checkSource` */
export async function testOfDraft(
  { db, rules, defaultCurrency }: Parts,
  draft: SourceDraft,
): Promise<TestRequest> {
  const { name, kind, listMode, currency } = draft
  const config = givenConfig(rules.sealer, draft, null)
  checkSource({ ...draft, config }, rules)
  const supplier = await supplierStore(db).find(draft.supplier)
  return {
    name,
    kind,
    config,
    settings: { ...defaultSettings, listMode, currency },
    currency: currency ?? supplier?.currency ?? defaultCurrency,
    learned: null,
  }
}
